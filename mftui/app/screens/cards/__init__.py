"""The cards of a movie and of a user, which several screens open."""
