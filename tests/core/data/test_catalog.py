"""The named datasets against what their makers say of them."""

import pytest

from mftui.core.data.catalog import CATALOG, WebMirror, WheelMirror, is_fetched
from mftui.core.paths import downloads_dir

ARCHIVES = {
    "ml-100k": (4_924_029, "0e33842e24a9c977be4e0107933c0723"),
    "ml-1m": (5_917_549, "c4d9eecfca2ab87c1945afe126590906"),
    "ml-10m": (65_566_137, "ce571fd55effeba0271552578f2648bd"),
    "ml-20m": (198_702_078, "cd245b17a1ae2cc31bb14903e1204af3"),
    "ml-25m": (261_978_986, "6b51fb2759a8657d3bfcbfc42b592ada"),
    "ml-32m": (238_950_008, "d472be332d4daa821edc399621853b57"),
    "ml-latest-small": (978_202, None),
}
"""Bytes, and the MD5 where the archive does not change."""


def test_sizes_and_checksums_are_those_of_the_archives() -> None:
    assert set(CATALOG) == set(ARCHIVES)
    assert next(iter(CATALOG)) == "ml-100k"
    for name, (n_bytes, md5) in ARCHIVES.items():
        assert CATALOG[name].megabytes == pytest.approx(n_bytes / 1e6, abs=0.05)
        assert CATALOG[name].checksum == (md5 and f"md5:{md5}")


def test_a_stable_set_has_more_than_one_place_to_come_from() -> None:
    for entry in CATALOG.values():
        hosts = [mirror.label for mirror in entry.mirrors]
        assert len(set(hosts)) == len(hosts) >= (2 if entry.checksum else 1)
    assert isinstance(CATALOG["ml-100k"].mirrors[-1], WheelMirror)
    assert all(isinstance(mirror, WebMirror) for mirror in CATALOG["ml-25m"].mirrors)


def test_the_terms_are_those_of_each_archives_own_readme() -> None:
    """Of 32M and latest-small: "may redistribute the data set … under these same license conditions"; of all others,
    25M among them: "may not redistribute the data without separate permission".
    """
    assert {name for name, entry in CATALOG.items() if entry.terms == "share alike"} == {"ml-32m", "ml-latest-small"}
    for entry in CATALOG.values():
        for said in ("GroupLens", "research", "Harper and Konstan 2015", "endorsement", "no commercial use"):
            assert said in entry.licence
        passed_on = "only under these same terms" if entry.terms == "share alike" else "not to be redistributed"
        assert passed_on in entry.licence


@pytest.mark.usefixtures("home")
def test_a_set_is_fetched_once_its_archive_is_there() -> None:
    assert not any(map(is_fetched, CATALOG))
    downloads_dir().mkdir(parents=True)
    (downloads_dir() / "ml-1m.zip").touch()
    (downloads_dir() / "recbole-1.2.1-py3-none-any.whl").touch()
    assert [name for name in CATALOG if is_fetched(name)] == ["ml-100k", "ml-1m"]
