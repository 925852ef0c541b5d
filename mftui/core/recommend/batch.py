"""What a model would show every user of the data, written to a file as it is found: CSV, JSON lines or Parquet."""

import contextlib
import csv
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from mftui.core.documents import landing
from mftui.core.errors import SettingError
from mftui.core.recommend.ranked import Recommendation
from mftui.core.recommend.recommender import Recommender
from mftui.core.recommend.wishes import Wishes

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings

FIELDS = ("user_id", "rank", "item_id", "title", "predicted")
_BATCH = 250
"""Users whose rows are written at a time."""

Row = tuple[str, int, str, str, float]
Write = Callable[[list[Row]], None]


def write_all(
    output: Path, recommender: Recommender, wishes: Wishes, n: int, progress: Callable[[str, float | None], None]
) -> int:
    """Write the n best items of every user whom the model was trained on; returns how many users those are.

    In the order of the wishes, as the list of any one of them. The file appears when it is whole; one that was there is
    replaced then.

    Args:
        output: a path that ends in `.csv`, `.jsonl` or `.parquet`.
        recommender: the model.
        wishes: what may be shown.
        n: items for each user.
        progress: told how far it is; it may raise to cancel.

    Raises:
        SettingError: the path has another ending, or can't be written.
    """
    write = {".csv": _csv, ".jsonl": _json_lines, ".parquet": _parquet}.get(output.suffix.lower())
    if write is None:
        raise SettingError("output", f"{output} is of no kind that can be written.", "Use .csv, .jsonl or .parquet.")
    trained = np.flatnonzero(recommender.factors.user_counts)
    lists = zip(trained.tolist(), recommender.for_users(trained, recommender.choice(wishes, n)), strict=True)
    try:
        with landing(output) as partial, write(partial) as put:
            written = 0
            while batch := list(islice(lists, _BATCH)):
                put([row for user, chosen in batch for row in _rows(recommender.ratings, user, chosen)])
                written += len(batch)
                progress("recommending", written / len(trained))
    except OSError as error:
        raise SettingError("output", f"{output} can't be written: {error.strerror}.", "Choose another place.") from None
    return len(trained)


def _rows(ratings: "Ratings", user: int, chosen: list[Recommendation]) -> Iterator[Row]:
    user_id = str(ratings.user_ids[user])
    for rank, one in enumerate(chosen, 1):
        yield user_id, rank, str(ratings.item_ids[one.item]), str(ratings.titles[one.item]), one.predicted


@contextlib.contextmanager
def _csv(path: Path) -> Iterator[Write]:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(FIELDS)
        yield writer.writerows


@contextlib.contextmanager
def _json_lines(path: Path) -> Iterator[Write]:
    with path.open("wb") as file:

        def put(rows: list[Row]) -> None:
            file.write(b"".join(msgspec.json.encode(dict(zip(FIELDS, row, strict=True))) + b"\n" for row in rows))

        yield put


@contextlib.contextmanager
def _parquet(path: Path) -> Iterator[Write]:
    import pyarrow as pa
    from pyarrow import parquet

    types: tuple[Any, ...] = (pa.string(), pa.int32(), pa.string(), pa.string(), pa.float32())
    schema = pa.schema(list(zip(FIELDS, types, strict=True)))
    with parquet.ParquetWriter(path, schema) as writer:

        def put(rows: list[Row]) -> None:
            columns = list(zip(*rows, strict=True)) if rows else [()] * len(FIELDS)
            writer.write_table(pa.table(dict(zip(FIELDS, columns, strict=True)), schema=schema))

        yield put
