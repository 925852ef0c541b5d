"""Where movies are among the clusters, and finding them by their words."""

from msgspec.structs import replace

from mftui.app.screens.clusters.cluster_index import ClusterIndex, MovieSearch, Place
from mftui.core.clusters.report import Cluster, Clusters
from tests.app.reports import item


def search(*titles: str) -> MovieSearch:
    """Movies of these titles, the first rated most."""
    movies = [item(title, 100 - at, 0.0) for at, title in enumerate(titles)]
    return MovieSearch(Clusters(1, 0, [Cluster(0, len(movies), 0.0, movies[::-1])], []))


def test_every_word_may_stand_anywhere_whatever_its_case_and_accents() -> None:
    films = search("Godfather, The (1972)", "Amélie (2001)", "The Third Man (1949)", "Father of the Bride (1950)")
    assert films.find("the godfather") == ["Godfather, The (1972)"]
    assert films.find("GODFATHER THE") == ["Godfather, The (1972)"]
    assert films.find("amelie") == films.find("AMÉLIE") == ["Amélie (2001)"]
    assert films.find("father") == ["Godfather, The (1972)", "Father of the Bride (1950)"]
    assert films.find("the 19") == ["Godfather, The (1972)", "The Third Man (1949)", "Father of the Bride (1950)"]
    assert films.find("third bride") == []


def test_nothing_typed_finds_nothing() -> None:
    assert search("Alien (1979)").find("") == search("Alien (1979)").find("  ") == []


def test_a_movie_is_found_among_those_never_trained_on_as_well() -> None:
    movie = item("Unseen (1990)", 1, 0.0)
    made = Clusters(1, 0, [Cluster(0, 1, 0.0, [item("Seen (1990)", 3, 0.0)])], [replace(movie, item_id="7")])
    assert MovieSearch(made).find("unseen") == ["7"]
    assert ClusterIndex(made).places == {"Seen (1990)": Place(0, 0), "7": Place(1, 0)}
