"""Rows as a file has them into `Ratings`: numbered, repeats decided, titles made safe, columns put in position."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mftui.core.data.ratings import Ratings, Scale
from mftui.core.data.readers.layout import Rows
from mftui.core.errors import DataError
from mftui.core.text import clean

Columns = Mapping[str, Sequence[str]]
"""Text columns of equal length; `id` says who or what each line is about."""

_YEAR = re.compile(r"\((\d{4})\)")
_WHOLE = ("year", "age")
_MILLISECONDS = 1e11
_UNITS = ("milliseconds", "microseconds", "nanoseconds")
_YEAR_9999 = 253_402_300_799


def assemble(name: str, rows: Rows, users: Columns | None = None, items: Columns | None = None) -> Ratings:
    """The ratings with one numbering of users and items, by first appearance among the rows that count.

    Args:
        name: what to call the ratings.
        rows: the ratings as the file has them.
        users: what is known of the users: `id`, `age`, `gender`…
        items: what is known of the items: `id`, `title`, `year`, `genres`…

    Raises:
        DataError: no row has a rating.
    """
    if items is None and rows.titles:
        years = [str(year_of(title)) for title in rows.titles]
        items = {"id": _as_text(rows.item_ids), "title": rows.titles, "year": years}
    all_rows = len(rows.values)
    rows, notes = _decide(rows)
    if len(rows.values) < all_rows:
        rows = _numbered_anew(rows)
    user_ids, item_ids = rows.user_ids, rows.item_ids
    item_info = _in_position(items, item_ids)
    if "title" in item_info or item_ids.dtype.kind == "U":
        item_info["title"] = _titles(item_info.get("title"), item_ids)
    return Ratings(
        name=name,
        users=rows.users.astype(np.int32, copy=False),
        items=rows.items.astype(np.int32, copy=False),
        values=rows.values,
        timestamps=None if rows.timestamps is None else rows.timestamps.astype(np.int64, copy=False),
        user_ids=user_ids,
        item_ids=item_ids,
        scale=scale_of(rows.levels),
        user_info=_in_position(users, user_ids),
        item_info=item_info,
        n_unrated_items=len(set(items["id"]).difference(_as_text(item_ids))) if items else 0,
        notes=tuple(notes),
    )


def scale_of(levels: NDArray[np.float64]) -> Scale:
    """The scale that these ratings lie on: in steps of one, of a half, or else of the smallest difference."""
    distinct = np.unique(levels.round(6))  # finer than that it is noise, or no scale at all
    for step in (1.0, 0.5):
        if not np.any(distinct % step):
            break
    else:
        step = float(np.diff(distinct).min(initial=np.inf)) if len(distinct) > 1 else 1.0
    return Scale(float(distinct[0]), float(distinct[-1]), step)


def year_of(title: str) -> int:
    """The last year in parentheses in a title, as in "Star Wars (1977)"; 0 where there is none."""
    years = [int(year) for year in _YEAR.findall(title)]
    return next((year for year in reversed(years) if 1870 <= year <= 2100), 0)


def _decide(rows: Rows) -> tuple[Rows, list[str]]:
    """The rows that count, and what was decided about the others."""
    notes = list(rows.notes)
    rated = ~np.isnan(rows.values)
    if not rated.any():
        raise DataError(f"{rows.where} holds no ratings.")
    if n_unrated := int((~rated).sum()):
        notes.append(_counted(n_unrated, "row without a rating was left out", "rows without a rating were left out"))
        rows = _keep(rows, rated)
    rows, about_time = _with_times(rows)
    rows, n_repeated = _without_repeats(rows)
    if n_repeated:
        repeated = ("rating was given again for", "ratings were given again for")
        notes.append(f"{_counted(n_repeated, *repeated)[:-1]} the same user and item: the latest counts.")
    return rows, notes + about_time


def _with_times(rows: Rows) -> tuple[Rows, list[str]]:
    """Timestamps in seconds, or none at all where some rows have none."""
    if rows.timestamps is None:
        return rows, []
    missing = int(np.isnan(rows.timestamps).sum())
    if missing:
        note = _counted(missing, "row has no timestamp", "rows have no timestamp")[:-1] + ": times are not used."
        return replace(rows, timestamps=None), [] if missing == len(rows.values) else [note]
    times, unit = rows.timestamps, 0
    while (farthest := max(-float(times.min()), float(times.max()))) > _MILLISECONDS and unit < len(_UNITS):
        if np.median(np.abs(times)) <= _MILLISECONDS:
            break
        times, unit = times // 1000, unit + 1
    notes = [f"Timestamps were taken as {_UNITS[unit - 1]}."] if unit else []
    if farthest > _YEAR_9999:
        return replace(rows, timestamps=None), ["Some timestamps lie beyond the year 9999: times are not used."]
    return replace(rows, timestamps=times), notes


def _without_repeats(rows: Rows) -> tuple[Rows, int]:
    """Only the latest of several ratings of an item by a user, in its own place; and how many were left out."""
    in_order = _pairs(rows)
    in_order.sort()
    if not (in_order[1:] == in_order[:-1]).any():
        return rows, 0
    pairs = pd.Series(_pairs(rows))
    times = np.zeros(len(pairs)) if rows.timestamps is None else rows.timestamps
    by_time = np.argsort(times, kind="stable")
    kept = np.empty(len(pairs), bool)
    kept[by_time] = ~pairs.iloc[by_time].duplicated(keep="last").to_numpy()
    return _keep(rows, kept), int((~kept).sum())


def _pairs(rows: Rows) -> NDArray[np.int64]:
    """A number for each row that tells its user and item, `[n]`."""
    numbers = rows.users.astype(np.int64)
    numbers *= len(rows.item_ids)
    numbers += rows.items
    return numbers


def _keep(rows: Rows, kept: NDArray[np.bool_]) -> Rows:
    values = rows.values[kept]
    return replace(
        rows,
        users=rows.users[kept],
        items=rows.items[kept],
        values=values,
        levels=rows.levels[np.isin(rows.levels.astype(np.float32), pd.unique(values))],
        timestamps=None if rows.timestamps is None else rows.timestamps[kept],
    )


def _numbered_anew(rows: Rows) -> Rows:
    """The rows that are left with only the ids in them, by first appearance."""
    users, used_users = pd.factorize(rows.users)
    items, used_items = pd.factorize(rows.items)
    return replace(
        rows, users=users, items=items, user_ids=rows.user_ids[used_users], item_ids=rows.item_ids[used_items]
    )


def _in_position(columns: Columns | None, ids: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The columns by position of these ids, text made safe; empty text or 0 where nothing is known."""
    if columns is None:
        return {}
    line_of = {known: line for line, known in enumerate(columns["id"])}
    lines = [line_of.get(known) for known in _as_text(ids)]
    placed: dict[str, NDArray[Any]] = {}
    for name, column in columns.items():
        if name == "id":
            continue
        texts = ["" if line is None else column[line] for line in lines]
        placed[name] = _whole_numbers(texts) if name in _WHOLE else np.array([clean(text) for text in texts], np.str_)
    return placed


def _titles(titles: NDArray[np.str_] | None, ids: NDArray[Any]) -> NDArray[np.str_]:
    """The titles, an item's id where it has none."""
    if titles is not None and (titles != "").all():
        return titles
    names = np.array([clean(text) for text in _as_text(ids)], np.str_)
    return names if titles is None else np.where(titles == "", names, titles)


def _whole_numbers(texts: list[str]) -> NDArray[np.int32]:
    return np.array([int(text) if text.isdecimal() and len(text) < 10 else 0 for text in texts], np.int32)


def _as_text(ids: NDArray[Any]) -> list[str]:
    return list(map(str, ids.tolist()))


def _counted(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}."
