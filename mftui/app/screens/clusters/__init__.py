"""The Clusters screen: groups of movies, the map and the cards."""
