"""`mftui export`: each format read back by what it is for, and equal to the model."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from mftui.core.clusters import cluster, report
from mftui.core.clusters.space import Space
from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.data.writing import write
from mftui.core.model import Factors
from mftui.core.runs.directory import Run
from tests.cli.conftest import finished_run
from tests.cli.says import mftui_says


@pytest.fixture
def factors(run: Run, data: Ratings) -> Factors:
    """The run's model; the run has clusters, too."""
    model = Factors.load(run.model)
    report.write(run.path, cluster(model, data, k=2))
    return model


def exported(form: str, folder: Path, *more: str) -> list[Path]:
    said = mftui_says("export", "latest", "--format", form, "-o", str(folder), "--json", *more)
    assert said.exit_code == 0, said.stderr
    return [Path(file) for file in json.loads(said.stdout)["files"]]


def test_numpy_arrays_are_the_models(factors: Factors, data: Ratings, tmp_path: Path) -> None:
    [file] = exported("npz", tmp_path / "new" / "folder")
    with np.load(file, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["item_factors"], factors.item_factors)
        np.testing.assert_array_equal(arrays["user_factors"], factors.user_factors)
        assert arrays["titles"].tolist() == data.titles.tolist()
        assert arrays["item_ids"].tolist() == data.item_ids.tolist()
        assert float(arrays["mean"]) == factors.mean


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_tables_have_a_row_for_each_movie_and_user(form: str, factors: Factors, data: Ratings, tmp_path: Path) -> None:
    items, users = (rows_of(file) for file in exported(form, tmp_path))
    assert (len(items), len(users)) == (data.n_items, data.n_users)
    assert [row["title"] for row in items] == data.titles.tolist()
    assert [str(row["user_id"]) for row in users] == [str(user) for user in data.user_ids.tolist()]
    found = np.array([[float(row["factor_1"]), float(row["factor_2"])] for row in items])
    np.testing.assert_allclose(found, factors.item_factors, rtol=1e-6)
    assert {int(row["cluster"]) for row in items[:-1]} == {0, 1}
    assert int(items[-1]["cluster"]) == -1, "a movie never trained on is in no cluster"


def rows_of(file: Path) -> list[dict]:
    if file.suffix == ".parquet":
        return parquet.read_table(file).to_pylist()
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_projectors_files_keep_to_its_documented_format(factors: Factors, data: Ratings, tmp_path: Path) -> None:
    """Vectors are numbers between tabs, without a header; metadata of several columns has one, then a line a vector."""
    vectors, metadata, _ = exported("projector", tmp_path)
    trained = np.flatnonzero(factors.item_counts > 0)
    found = [[float(cell) for cell in line.split("\t")] for line in vectors.read_text().splitlines()]
    np.testing.assert_allclose(found, factors.item_factors[trained], rtol=1e-6)
    header, *lines = metadata.read_text().splitlines()
    assert header.split("\t")[0] == "title"
    assert len(lines) == len(found)
    assert {line.count("\t") for line in (header, *lines)} == {header.count("\t")}
    assert [line.split("\t")[0] for line in lines] == data.titles[trained].tolist()


def test_the_projectors_vectors_lie_where_the_runs_clusters_and_neighbours_do(
    home: Path, data: Ratings, ratings_folder: Path, tmp_path: Path
) -> None:
    model = Factors.load(finished_run(data, ratings_folder, preset="als").model)
    vectors, _, _ = exported("projector", tmp_path)
    expected = Space("product", unit=True).points(model)[model.item_counts > 0]
    np.testing.assert_allclose(np.loadtxt(vectors), expected, atol=1e-6)


def test_tensorboard_is_told_which_files_to_open(factors: Factors, tmp_path: Path) -> None:
    """Without this file its plugin lists no run, as seen with TensorBoard 2.21; names are relative to its folder."""
    *files, config = exported("projector", tmp_path)
    assert config.name == "projector_config.pbtxt"
    named = dict(re.findall(r'(\w+_path): "(.+)"', config.read_text()))
    assert named == {"tensor_path": files[0].name, "metadata_path": files[1].name}


def test_titles_that_hold_tabs_and_lines_stay_one_cell_of_the_projectors_metadata(
    home: Path, data: Ratings, tmp_path: Path
) -> None:
    titles = data.titles.astype("U60").copy()
    titles[:3] = ["Two\nlines and\ta tab", "Escape \x1b[31mred", '"Quoted", with a comma']
    file = tmp_path / "hostile.parquet"
    write(replace(data, item_info={**data.item_info, "title": titles}), file)
    finished_run(load(str(file)), file)
    vectors, metadata, _ = exported("projector", tmp_path / "out")
    header, *lines = metadata.read_text().split("\n")[:-1]
    assert len(lines) == len(vectors.read_text().splitlines()) == data.n_items - 1
    assert {line.count("\t") for line in lines} == {header.count("\t")}
    shown = {line.split("\t")[0] for line in lines}
    assert {"Two lines and a tab", "Escape red", '"Quoted", with a comma'} <= shown


def test_without_clusters_all_movies_are_in_none(run: Run, tmp_path: Path) -> None:
    items, _ = (rows_of(file) for file in exported("parquet", tmp_path))
    assert {row["cluster"] for row in items} == {-1}


def test_other_clusters_can_be_written_than_the_runs_own(factors: Factors, data: Ratings, tmp_path: Path) -> None:
    items, _ = (rows_of(file) for file in exported("parquet", tmp_path, "-k", "3", "--weighted"))
    expected = {
        movie.item_id: group.cluster
        for group in cluster(factors, data, k=3, weighted=True).clusters
        for movie in group.movies
    }
    assert {str(row["item_id"]): row["cluster"] for row in items if row["cluster"] >= 0} == expected
    said = mftui_says("export", "latest", "-o", str(tmp_path), "--weighted")
    assert (said.exit_code, "Add -k 10." in said.stderr) == (2, True)


def test_what_makes_no_sense_is_refused_in_a_sentence(run: Run, tmp_path: Path) -> None:
    said = mftui_says("export", "latest", "--format", "xlsx", "-o", str(tmp_path))
    assert (said.exit_code, "Choose one of: npz" in said.stderr) == (2, True)
    model = Factors.load(run.model)
    replace(model, item_bias=model.item_bias[:-1], item_factors=model.item_factors[:-1],
            item_counts=model.item_counts[:-1]).save(run.model)  # fmt: skip
    said = mftui_says("export", "latest", "-o", str(tmp_path))
    assert (said.exit_code, "was trained on other ratings" in said.stderr) == (1, True)
