"""A run's factors as files: NumPy arrays, tables in Parquet or CSV, or what TensorBoard's Projector reads."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mftui.core.errors import SettingError
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.clusters.report import Clusters
    from mftui.core.data.ratings import Ratings
    from mftui.core.model import Factors
    from mftui.core.model.factors import FloatArray
    from mftui.core.runs.directory import Run

FORMATS = ("npz", "parquet", "csv", "projector")


def export(
    run: "Run",
    form: str,
    folder: Path,
    progress: Callable[[str, float | None], None],
    k: int | None = None,
    weighted: bool = False,
) -> list[Path]:
    """Write a run's model into a folder, which is made if needed; returns the files.

    - `npz`: one file with `user_factors [U, k]`, `item_factors [I, k]`, biases, training counts, ids, titles and mean.
    - `parquet`, `csv`: `items` and `users`, a row each: id, title, bias, training ratings, cluster, `factor_1`…
    - `projector`: what TensorBoard opens with `--logdir`, and the Embedding Projector on the web as two TSV files: the
      trained items as the points that the run's clusters and `similar` compare, with titles and clusters.

    Args:
        run: a run with a model.
        form: one of `FORMATS`.
        folder: where the files go; those of the same name are replaced.
        progress: told what is being done.
        k: how many clusters to make and to write; those of the run's own report, if not given.
        weighted: whether movies count by their ratings for them.

    Raises:
        SettingError: there is no such format, or there can't be so many clusters.
        ModelError: the model is missing or fits other ratings.
        OSError: the folder can't be written.
    """
    from mftui.core.clusters.space import Space
    from mftui.core.runs.rows import model_and_ratings

    if form not in FORMATS:
        raise SettingError("format", f"There is no format {form!r}.", f"Choose one of: {', '.join(FORMATS)}.")
    factors, ratings = model_and_ratings(run, progress)
    folder.mkdir(parents=True, exist_ok=True)
    progress(f"writing {form}", None)
    if form == "npz":
        return [_arrays(factors, ratings, folder / f"{run.full_name}.npz")]
    clusters = _clusters(_report(run, factors, ratings, k, weighted), ratings)
    if form == "projector":
        points = Space.of_preset(run.record().config.preset).points(factors)
        return _projector(points, factors, ratings, clusters, folder)
    tables = {"items": _items(factors, ratings, clusters), "users": _users(factors, ratings)}
    return [_table(columns, folder / f"{name}.{form}") for name, columns in tables.items()]


def _arrays(factors: "Factors", ratings: "Ratings", path: Path) -> Path:
    import numpy as np

    named = factors.arrays() | {
        "user_ids": ratings.user_ids, "item_ids": ratings.item_ids, "titles": ratings.titles,
    }  # fmt: skip
    np.savez_compressed(path, allow_pickle=False, **named)
    return path


def _report(run: "Run", factors: "Factors", ratings: "Ratings", k: int | None, weighted: bool) -> "Clusters | None":
    """The clusters of the run's own report, or others made now; None where there is no report."""
    from mftui.core.clusters import cluster, report
    from mftui.core.clusters.space import Space

    if k is None:
        return report.read(run.path)
    return cluster(factors, ratings, k, 0, Space.of_preset(run.record().config.preset), weighted)


def _clusters(found: "Clusters | None", ratings: "Ratings") -> list[int]:
    """The cluster of each item, `[n_items]`; -1 where it is in none, or there are none."""
    numbers = {movie.item_id: c.cluster for c in found.clusters for movie in c.movies} if found else {}
    return [numbers.get(str(item), -1) for item in ratings.item_ids.tolist()]


def _items(factors: "Factors", ratings: "Ratings", clusters: list[int]) -> dict[str, Any]:
    info = {name: column for name, column in ratings.item_info.items() if name != "title"}
    known = {"item_id": ratings.item_ids, "title": ratings.titles, **info}
    figures = {"bias": factors.item_bias, "training_ratings": factors.item_counts, "cluster": clusters}
    return known | figures | _factors(factors.item_factors)


def _users(factors: "Factors", ratings: "Ratings") -> dict[str, Any]:
    known = {"user_id": ratings.user_ids, **ratings.user_info}
    return known | {"bias": factors.user_bias, "training_ratings": factors.user_counts} | _factors(factors.user_factors)


def _factors(rows: Any) -> dict[str, Any]:
    return {f"factor_{n + 1}": rows[:, n] for n in range(rows.shape[1])}


def _table(columns: dict[str, Any], path: Path) -> Path:
    import pyarrow as pa
    from pyarrow import csv, parquet

    table = pa.table({name: pa.array(getattr(cells, "tolist", lambda c=cells: c)()) for name, cells in columns.items()})
    if path.suffix == ".csv":
        csv.write_csv(table, path)
    else:
        parquet.write_table(table, path)
    return path


_PROJECTOR = """embeddings {
  tensor_name: "items"
  tensor_path: "vectors.tsv"
  metadata_path: "metadata.tsv"
}
"""
"""Of `projector_config.pbtxt`, without which TensorBoard finds no vectors in a folder."""


def _projector(
    points: "FloatArray", factors: "Factors", ratings: "Ratings", clusters: list[int], folder: Path
) -> list[Path]:
    """Vectors without a header; metadata with one, since it has several columns, a line for each vector."""
    import numpy as np

    trained = np.flatnonzero(factors.item_counts > 0).tolist()
    vectors, metadata, config = (folder / name for name in ("vectors.tsv", "metadata.tsv", "projector_config.pbtxt"))
    rows = ("\t".join(f"{value:.7g}" for value in points[item].tolist()) for item in trained)
    vectors.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    genres, years = ratings.item_info.get("genres"), ratings.item_info.get("year")
    lines = ["title\titem_id\tgenres\tyear\ttraining_ratings\tcluster"]
    lines += [
        "\t".join(
            clean(str(cell))
            for cell in (
                ratings.titles[item], ratings.item_ids[item], "" if genres is None else genres[item],
                "" if years is None else years[item], factors.item_counts[item], clusters[item],
            )
        )
        for item in trained
    ]  # fmt: skip
    metadata.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    config.write_text(_PROJECTOR, encoding="utf-8")
    return [vectors, metadata, config]
