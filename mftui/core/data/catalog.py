"""The datasets that have a name: what they are, their terms, and where they can be had."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from mftui.core.paths import downloads_dir, ratings_cache_dir


@dataclass(frozen=True)
class WebMirror:
    """A server that has the archive."""

    url: str

    @property
    def label(self) -> str:
        """What to call it."""
        return urlsplit(self.url).hostname or self.url


@dataclass(frozen=True)
class WheelMirror:
    """A Python package that carries the data, had through the person's own pip."""

    requirement: str
    file_name: str
    checksum: str

    @property
    def label(self) -> str:
        """What to call it."""
        return f"the {self.requirement} wheel"


Mirror = WebMirror | WheelMirror


@dataclass(frozen=True)
class CatalogEntry:
    """A dataset that has a name. Users, items and ratings are counted as they appear in its ratings."""

    name: str
    title: str
    users: int
    items: int
    ratings: int
    megabytes: float
    """Size of the archive, in millions of bytes."""
    licence: str
    """Its terms, in a sentence or two."""
    terms: str
    """The same in a few words, for a list."""
    archive: str
    """The archive's file name."""
    checksum: str | None
    """`md5:…` of the archive; None where its makers change it, so that only its soundness can be checked."""
    mirrors: tuple[Mirror, ...]
    """Where to look, in order."""

    @property
    def files(self) -> dict[str, str | None]:
        """The names under which it may lie among the downloads, with the checksum of each."""
        wheels = {m.file_name: m.checksum for m in self.mirrors if isinstance(m, WheelMirror)}
        return {self.archive: self.checksum, **wheels}


_TERMS = (
    "GroupLens, University of Minnesota: for research, named as its source in what is published (Harper and Konstan "
    "2015) without implying its endorsement; no commercial use without permission; "
)
_NOT_PASSED_ON = _TERMS + "not to be redistributed without permission.", "no sharing"
_PASSED_ON = _TERMS + "redistributed only under these same terms.", "share alike"
_RECBOLE = WheelMirror(
    "recbole==1.2.1",
    "recbole-1.2.1-py3-none-any.whl",
    "sha256:9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407",
)


def _movielens(
    name: str,
    title: str,
    counts: tuple[int, int, int],
    megabytes: float,
    licence: tuple[str, str],
    md5: str,
    *more: Mirror,
) -> CatalogEntry:
    archive = f"{name}.zip"
    grouplens = WebMirror(f"https://files.grouplens.org/datasets/movielens/{archive}")
    copy = WebMirror(f"https://huggingface.co/datasets/Recommenders/MovieLens/resolve/main/{archive}")
    return CatalogEntry(
        name, title, *counts, megabytes, *licence, archive, f"md5:{md5}", mirrors=(grouplens, copy, *more)
    )


_ENTRIES = (
    _movielens("ml-100k", "MovieLens 100K", (943, 1_682, 100_000), 4.9, _NOT_PASSED_ON,
               "0e33842e24a9c977be4e0107933c0723", _RECBOLE),
    _movielens("ml-1m", "MovieLens 1M", (6_040, 3_706, 1_000_209), 5.9, _NOT_PASSED_ON,
               "c4d9eecfca2ab87c1945afe126590906"),
    _movielens("ml-10m", "MovieLens 10M", (69_878, 10_677, 10_000_054), 65.6, _NOT_PASSED_ON,
               "ce571fd55effeba0271552578f2648bd"),
    _movielens("ml-20m", "MovieLens 20M", (138_493, 26_744, 20_000_263), 198.7, _NOT_PASSED_ON,
               "cd245b17a1ae2cc31bb14903e1204af3"),
    _movielens("ml-25m", "MovieLens 25M", (162_541, 59_047, 25_000_095), 262.0, _NOT_PASSED_ON,
               "6b51fb2759a8657d3bfcbfc42b592ada"),
    _movielens("ml-32m", "MovieLens 32M", (200_948, 84_432, 32_000_204), 239.0, _PASSED_ON,
               "d472be332d4daa821edc399621853b57"),
    # GroupLens makes this one anew from time to time, so no checksum holds and no copy can be told from a stale one.
    CatalogEntry(
        "ml-latest-small", "MovieLens latest, small", 610, 9_724, 100_836, 1.0, *_PASSED_ON,
        "ml-latest-small.zip", None, (WebMirror("https://files.grouplens.org/datasets/movielens/ml-latest-small.zip"),),
    ),
)  # fmt: skip

CATALOG: dict[str, CatalogEntry] = {entry.name: entry for entry in _ENTRIES}
"""The named datasets, the default first."""


def is_fetched(name: str) -> bool:
    """Whether a named dataset can be opened without a network."""
    archives = (downloads_dir() / file for file in CATALOG[name].files)
    return (ratings_cache_dir() / name / "summary.json").is_file() or any(path.is_file() for path in archives)
