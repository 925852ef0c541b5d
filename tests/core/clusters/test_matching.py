"""Which clusters go on under another number, with answers known beforehand."""

from mftui.core.clusters.matching import matched
from mftui.core.clusters.report import Cluster, ClusteredItem, Clusters


def clusters(*groups: str) -> Clusters:
    """Each group is the letters of its movies."""
    made = [
        Cluster(number, len(movies), 0.0, [ClusteredItem(letter, letter, 1, 3.0, 0.0) for letter in movies])
        for number, movies in enumerate(groups)
    ]
    return Clusters(len(made), 0, made, [])


def test_the_same_clusters_in_another_order_are_found_again() -> None:
    assert matched(clusters("abc", "de", "fgh"), clusters("hgf", "cab", "ed")) == {0: 2, 1: 0, 2: 1}


def test_a_cluster_that_is_new_continues_none_and_one_that_is_gone_is_not_continued() -> None:
    assert matched(clusters("abcdef", "ghi"), clusters("abcd", "ef", "ghi")) == {0: 0, 2: 1}
    assert matched(clusters("abcd", "ef", "ghi"), clusters("abcdef", "ghi")) == {0: 0, 1: 2}


def test_the_pairs_share_most_movies_in_all_rather_than_one_by_one() -> None:
    # By the largest overlap first, abcd, the other two would share nothing: 4 in all, where 3 + 3 can be had.
    assert matched(clusters("abcdxyz", "efg"), clusters("abcdefg", "xyz")) == {0: 1, 1: 0}


def test_movies_that_only_one_of_them_has_do_no_harm() -> None:
    assert matched(clusters("ab", "cd"), clusters("xy", "abz")) == {1: 0}
