"""Ratings written down in the layouts that the readers read, to be read back; and packed."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pyarrow

from mftui.core.data.ratings import Ratings

GENRE_FLAGS = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip


def zstd(content: bytes) -> bytes:
    packed: bytes = pyarrow.compress(content, codec="zstd", asbytes=True)
    return packed


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd,
}  # fmt: skip


def write_movielens_100k(ratings: Ratings, folder: Path) -> Path:
    """`u.data`, `u.genre`, and where the ratings have titles `u.item`, and ages `u.user`."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "u.data", ["\t".join(row) for row in _rows(ratings)])
    _write(folder / "u.genre", [f"{genre}|{number}" for number, genre in enumerate(GENRE_FLAGS)])
    if "title" in ratings.item_info:
        info = zip(ratings.item_ids, ratings.titles, ratings.item_info["genres"], strict=True)
        lines = []
        for item, title, genres in info:
            flags = ["1" if genre in genres.split("|") else "0" for genre in GENRE_FLAGS]
            lines.append("|".join([str(item), title, "01-Jan-1995", "", f"http://movies.example/{item}", *flags]))
        _write(folder / "u.item", lines, "latin-1")
    if "age" in ratings.user_info:
        columns = (ratings.user_ids, *(ratings.user_info[c] for c in ("age", "gender", "occupation", "zip_code")))
        _write(folder / "u.user", ["|".join(map(str, row)) for row in zip(*columns, strict=True)])
    return folder


def write_recbole(ratings: Ratings, folder: Path, name: str = "planted") -> Path:
    """RecBole's atomic files: `.inter`, and where the ratings have titles `.item`, and ages `.user`."""
    folder.mkdir(parents=True, exist_ok=True)
    time = "" if ratings.timestamps is None else "\ttimestamp:float"
    header = f"user_id:token\titem_id:token\trating:float{time}"
    _write(folder / f"{name}.inter", [header, *("\t".join(row) for row in _rows(ratings))])
    if "title" in ratings.item_info:
        lines = ["item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq"]
        columns = (ratings.item_ids, ratings.titles, ratings.item_info["genres"])
        for item, title, genres in zip(*columns, strict=True):
            bare, parenthesis, last = title.removesuffix(")").rpartition(" (")
            parts = (bare, last) if parenthesis and title.endswith(")") else (title, "unkonwn")
            lines.append("\t".join([str(item), *parts, genres.replace("|", " ")]))
        _write(folder / f"{name}.item", lines)
    if "age" in ratings.user_info:
        lines = ["user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token"]
        columns = (ratings.user_ids, *(ratings.user_info[c] for c in ("age", "gender", "occupation", "zip_code")))
        _write(folder / f"{name}.user", lines + ["\t".join(map(str, row)) for row in zip(*columns, strict=True)])
    return folder


def write_movielens(ratings: Ratings, folder: Path, layout: str) -> Path:
    """`ratings.dat` and `movies.dat` (`"1m"`), or `ratings.csv` and `movies.csv` (`"20m"`)."""
    folder.mkdir(parents=True, exist_ok=True)
    ending, separator = {"1m": ("dat", "::"), "20m": ("csv", ",")}[layout]
    header = ["userId,movieId,rating,timestamp"] if layout == "20m" else []
    _write(folder / f"ratings.{ending}", header + [separator.join(row) for row in _rows(ratings)])
    if "title" in ratings.item_info:
        header = ["movieId,title,genres"] if layout == "20m" else []
        columns = (ratings.item_ids, ratings.titles, ratings.item_info["genres"])
        movies = [[str(item), _quoted(title, separator), genres] for item, title, genres in zip(*columns, strict=True)]
        _write(folder / f"movies.{ending}", header + [separator.join(movie) for movie in movies])
    return folder


def write_delimited(ratings: Ratings, path: Path, separator: str, *, header: bool) -> Path:
    """A table, with quotation marks around fields that hold the separator."""
    names = ["user", "item", "rating", *(["timestamp"] if ratings.timestamps is not None else [])]
    table = ([names] if header else []) + _rows(ratings)
    _write(path, [separator.join(_quoted(cell, separator) for cell in row) for row in table])
    return path


def write_quoted(ratings: Ratings, path: Path) -> Path:
    """A table as Book-Crossing has it: semicolons, every field in quotation marks, carriage returns, a BOM."""
    names = ["User-ID", "ISBN", "Book-Rating", *(["Timestamp"] if ratings.timestamps is not None else [])]
    rows = (";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [names, *_rows(ratings)])
    path.write_bytes(b"\xef\xbb\xbf" + "".join(f"{row}\r\n" for row in rows).encode())
    return path


def _quoted(cell: str, separator: str) -> str:
    return f'"{cell}"' if separator in cell and separator != "::" else cell


def _rows(ratings: Ratings) -> list[list[str]]:
    """The cells of each rating as text, the time last where there is one."""
    users, items = ratings.user_ids[ratings.users].tolist(), ratings.item_ids[ratings.items].tolist()
    columns = [map(str, users), map(str, items), (f"{value:g}" for value in ratings.values.tolist())]
    if ratings.timestamps is not None:
        columns.append(map(str, ratings.timestamps.tolist()))
    return [list(row) for row in zip(*columns, strict=True)]


def _write(path: Path, lines: list[str], encoding: str = "utf-8") -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding)
