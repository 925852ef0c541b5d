"""MovieLens 100K as GroupLens packs it: `u.data`, with `u.item`, `u.user` and `u.genre` beside it."""

import re

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers.assemble import assemble, year_of
from mftui.core.data.readers.layout import Layout
from mftui.core.data.readers.sources import Source
from mftui.core.data.readers.tables import columns_of, read_rows, read_text

NAME = "MovieLens 100K (u.data)"

_LAYOUT = Layout("\t", user=0, item=1, rating=2, timestamp=3, whole_ids=True)
_LINE = re.compile(r"(0|[1-9]\d*)\t(0|[1-9]\d*)\t[^\t]*\t\d+$", re.ASCII)
_ITEM_FIELDS = ("id", "title", "release_date", "video_release_date", "url")
_USER_FIELDS = ("id", "age", "gender", "occupation", "zip_code")
_ENCODING = "latin-1"
_GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip


def find(source: Source) -> list[str]:
    """`u.data`, or the single file that was given where its lines are user, item, rating, seconds, in whole numbers."""
    if found := source.named("u.data"):
        return [member for member in found if _LINE.match(source.first_line(member))][:1]
    if len(source.members) > 1:
        return []
    lines = {member: list(filter(None, source.sample(member))) for member in source.members}
    return [member for member, sample in lines.items() if sample and all(map(_LINE.match, sample))]


def read(source: Source, member: str, name: str) -> Ratings:
    """The ratings, with movies and users where their files are there."""
    rows = read_rows(source, member, _LAYOUT)
    return assemble(name, rows, users=_users(source, member), items=_items(source, member))


def _items(source: Source, member: str) -> dict[str, list[str]] | None:
    if (item_file := source.beside(member, "u.item")) is None:
        return None
    genres = _genres(source, member)
    lines = [line.split("|") for line in read_text(source, item_file, _ENCODING)]
    columns = columns_of(lines, _ITEM_FIELDS)
    flags = [line[len(_ITEM_FIELDS) :] for line in lines]
    return {
        "id": columns["id"],
        "title": columns["title"],
        "year": [str(year_of(title)) for title in columns["title"]],
        "genres": ["|".join(genre for genre, flag in zip(genres, own, strict=False) if flag == "1") for own in flags],
    }


def _genres(source: Source, member: str) -> list[str]:
    """The genres in the order of their flags."""
    if (genre_file := source.beside(member, "u.genre")) is None:
        return list(_GENRES)
    return [line.partition("|")[0] for line in read_text(source, genre_file, _ENCODING)]


def _users(source: Source, member: str) -> dict[str, list[str]] | None:
    if (user_file := source.beside(member, "u.user")) is None:
        return None
    return columns_of((line.split("|") for line in read_text(source, user_file, _ENCODING)), _USER_FIELDS)
