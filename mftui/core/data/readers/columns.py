"""Which column holds the user, the item, the rating and the time: by name, by content, or as the person says."""

from collections.abc import Mapping, Sequence

from mftui.core.data.readers.faults import MISSING, is_date, is_number, shown
from mftui.core.data.roles import FORM, ROLES
from mftui.core.errors import SettingError

_NAMES = {
    "user": """user userid uid userindex useridx reviewer reviewerid customer customerid member memberid visitorid
        username viewer viewerid reader readerid profile profileid account accountid person personid author authorid""",
    "item": """item itemid iid itemindex itemidx movie movieid film filmid asin parentasin product productid isbn book
        bookid business businessid gmapid artist artistid song songid track trackid anime animeid game gameid recipe
        recipeid beer beerid content contentid article articleid joke jokeid restaurant restaurantid place placeid
        venue venueid hotel hotelid wine wineid show showid title movietitle""",
    "rating": """rating ratings overall stars star starrating score scores bookrating userrating reviewoverall
        reviewscore overallrating myrating points grade value preference count counts plays playcount listens weight""",
    "timestamp": """timestamp unixreviewtime unixtime time ts date datetime reviewtime reviewdate createdat created
        ratedat timecreated datecreated dateadded reviewtimestamp epoch when""",
    "title": """title itemtitle movietitle filmtitle booktitle producttitle songtitle tracktitle name itemname
        moviename filmname bookname productname songname trackname artistname gamename""",
}
_KNOWN = {role: names.split() for role, names in _NAMES.items()}
_OF_REVIEWS = frozenset({"text", "review", "reviewtext", "summary", "reviewsummary"})
"""Beside one of these a title is that of a review."""
_UNIX_TIME = 1e8
"""A number from here on (March 1973) is more likely a time than a rating."""


def parse(text: str) -> dict[str, str]:
    """What a person says of the columns, `user=reviewerID,rating=3`: each by its name, or its number from 1.

    Raises:
        SettingError: it is not of that form.
    """
    columns: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        role, equals, column = (word.strip() for word in part.partition("="))
        if not equals or role not in ROLES or not column:
            raise SettingError(
                "columns", f"columns can't be {shown(text)}.", f"Write {FORM}, each with a column's name or number."
            )
        columns[role] = column
    if len(set(columns.values())) < len(columns):
        raise SettingError("columns", f"{shown(text)} names one column twice.", f"Write {FORM}, each another column.")
    return columns


def choose(header: Sequence[str], rows: Sequence[Sequence[str]], wanted: Mapping[str, str]) -> dict[str, int]:
    """The field of each role that was found, counted from 0.

    Args:
        header: the names of the columns, none where the file has no header.
        rows: the first rows of the file.
        wanted: columns as the person says them; a role that is not among them is found by name, or by content.

    Raises:
        LookupError: a column that the person names is not there; the message is its name.
    """
    n_fields = max([len(header), *map(len, rows)], default=0)
    found = {role: _position(header, n_fields, column) for role, column in wanted.items()}
    if len(set(found.values())) < len(found):
        raise LookupError(f"{list(wanted.values())[-1]} for a role of its own")
    guessed = _by_name(header, rows) if header else _by_content(rows, n_fields)
    taken = set(found.values())
    return found | {role: i for role, i in guessed.items() if role not in found and i not in taken}


def unread_time(header: Sequence[str], roles: Mapping[str, int]) -> str | None:
    """The column that is called a time but was taken for none, since it holds neither seconds nor ISO dates."""
    if "timestamp" in roles:
        return None
    names = (name for i, name in enumerate(header) if i not in roles.values())
    return next((name for name in names if _plain(name) in _KNOWN["timestamp"]), None)


def is_time(cells: Sequence[str]) -> bool:
    """Whether these are seconds or dates, most of them; what is not is told of when it is read."""
    return are_numbers(cells) or are_dates(cells)


def are_numbers(cells: Sequence[str]) -> bool:
    """Whether these are numbers, most of those that are there."""
    present = [cell for cell in cells if cell not in MISSING]
    return sum(map(is_number, present)) * 2 >= len(present)


def are_dates(cells: Sequence[str]) -> bool:
    """Whether these are dates in the form of ISO 8601 and not numbers, most of those that are there."""
    present = [cell for cell in cells if cell not in MISSING]
    return sum(is_date(cell) and not is_number(cell) for cell in present) * 2 > len(present)


def cells_of(rows: Sequence[Sequence[str]], field: int) -> list[str]:
    """A column; shorter rows have none of it."""
    return [row[field] for row in rows if field < len(row)]


def _position(header: Sequence[str], n_fields: int, column: str) -> int:
    if column in header:
        return header.index(column)
    plain = list(map(_plain, header))
    if _plain(column) in filter(None, plain):
        return plain.index(_plain(column))
    if column.isdecimal() and 1 <= int(column) <= n_fields:
        return int(column) - 1
    raise LookupError(column)


def _by_name(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """The best known name for each role; of numbers and times, the first that looks like one."""
    plain = list(map(_plain, header))
    fits = {"rating": are_numbers, "timestamp": is_time}
    found: dict[str, int] = {}
    for role, names in _KNOWN.items():
        places = [plain.index(name) for name in names if name in plain]
        fitting = [i for i in places if role not in fits or fits[role](cells_of(rows, i))]
        if fitting or (places and role != "timestamp"):
            found[role] = (fitting or places)[0]
    if found.get("title") == found.get("item") or not _OF_REVIEWS.isdisjoint(plain):
        found.pop("title", None)
    return found


def _by_content(rows: Sequence[Sequence[str]], n_fields: int) -> dict[str, int]:
    """User and item first, then a number, then a time, or the time before the number."""
    found = {"user": 0, "item": 1}
    for i in range(2, n_fields):
        cells = [cell for cell in cells_of(rows, i) if cell not in MISSING]
        numbers = sorted(float(cell) for cell in cells if is_number(cell))
        times = are_dates(cells) or (bool(numbers) and numbers[len(numbers) // 2] >= _UNIX_TIME)
        role = "timestamp" if times else "rating"
        if role not in found and cells and is_time(cells):
            found[role] = i
    return found


def _plain(name: str) -> str:
    """A column's name as it is compared: small letters and digits, no type behind a colon."""
    return "".join(filter(str.isalnum, name.partition(":")[0].casefold()))
