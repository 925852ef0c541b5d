"""Ratings into files that other programs read: RecBole's atomic files, Parquet, or a CSV."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mftui.core.errors import DataError
from mftui.core.text import clean

if TYPE_CHECKING:
    import pandas as pd

    from mftui.core.data.ratings import Ratings


def write(ratings: "Ratings", path: Path) -> list[Path]:
    """Write the ratings to `path`: a file where its name ends in `.csv` or `.parquet`, else RecBole's files, a folder.

    A CSV holds the ratings alone, Parquet also titles; RecBole's files hold years, genres and what is known of the
    users, too.

    Returns:
        The files that were made.

    Raises:
        DataError: a file is there already or can't be written, or an id can't stand in it.
    """
    forms = {".csv": _csv, ".parquet": _parquet}
    tables = forms.get(path.suffix, _recbole)(ratings, path)
    try:
        for file in tables:
            if file.exists():
                raise DataError(f"{file} is there already.", "Name another place, or remove it.")
            file.parent.mkdir(parents=True, exist_ok=True)
        for file, table in tables.items():
            _write_table(file, table)
    except OSError as error:
        raise DataError(f"{error.filename or path} can't be written: {error.strerror or error}.") from error
    return list(tables)


def _write_table(file: Path, table: "pd.DataFrame") -> None:
    """A table in Parquet, or with commas or tabs; nothing half written stays behind."""
    tabs = file.suffix != ".csv"
    try:
        if file.suffix == ".parquet":
            table.to_parquet(file, index=False)
        else:
            table.to_csv(
                file, sep="\t" if tabs else ",", index=False, quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL
            )
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _csv(ratings: "Ratings", path: Path) -> dict[Path, "pd.DataFrame"]:
    return {path: _rows(ratings, "user", "item", "rating", "timestamp")}


def _parquet(ratings: "Ratings", path: Path) -> dict[Path, "pd.DataFrame"]:
    """The ratings, and each item's title as one of a few texts that are kept once."""
    import numpy as np
    import pandas as pd

    table = _rows(ratings, "user", "item", "rating", "timestamp")
    if "title" in ratings.item_info:
        distinct, of_items = np.unique(ratings.titles, return_inverse=True)
        table["title"] = pd.Categorical.from_codes(of_items[ratings.items], pd.Index(distinct.tolist(), dtype=object))
    return {path: table}


def _recbole(ratings: "Ratings", folder: Path) -> dict[Path, "pd.DataFrame"]:
    """The tables of `.inter`, `.item` and `.user`, the last two only where something is known."""
    import pandas as pd

    for ids in (ratings.user_ids, ratings.item_ids):
        if ids.dtype.kind == "U":
            for text in ids.tolist():
                if "\t" in text or text.startswith('"'):
                    raise DataError(f"RecBole's files can't hold the id {clean(text)!r}.", "Write a CSV instead.")
    headings = ("user_id:token", "item_id:token", "rating:float", "timestamp:float")
    tables = {folder / f"{ratings.name}.inter": _rows(ratings, *headings)}
    if "title" in ratings.item_info:
        columns: dict[str, Any] = {"item_id:token": ratings.item_ids, "movie_title:token_seq": ratings.titles}
        if "year" in ratings.item_info:
            # A reader puts the year behind the title, unless it is there.
            pairs = zip(ratings.titles, ratings.item_info["year"], strict=True)
            columns["release_year:token"] = [str(year) if title.endswith(f"({year})") else "" for title, year in pairs]
        if "genres" in ratings.item_info:
            genres = ratings.item_info["genres"].tolist()
            columns["class:token_seq"] = [own.replace(" ", "-").replace("|", " ") for own in genres]
        tables[folder / f"{ratings.name}.item"] = pd.DataFrame(columns)
    if ratings.user_info:
        known = {f"{name}:token": column for name, column in ratings.user_info.items()}
        tables[folder / f"{ratings.name}.user"] = pd.DataFrame({"user_id:token": ratings.user_ids, **known})
    return tables


def _rows(ratings: "Ratings", user: str, item: str, rating: str, timestamp: str) -> "pd.DataFrame":
    """The ratings under these headings, in their order."""
    import pandas as pd

    columns = {
        user: ratings.user_ids[ratings.users],
        item: ratings.item_ids[ratings.items],
        rating: ratings.values,
    }
    if ratings.timestamps is not None:
        columns[timestamp] = ratings.timestamps
    return pd.DataFrame(columns)
