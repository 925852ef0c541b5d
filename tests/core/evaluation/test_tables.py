"""The report as CSV tables: every figure is in one of them, and none of their text is a formula."""

import csv
import io
import zipfile

import pytest

from mftui.core.evaluation.tables import zipped
from tests.app.reports import thorough_evaluation


@pytest.fixture(scope="module")
def tables() -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(zipped(thorough_evaluation(), "=SUM(A1)"))) as archive:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
        }


def test_the_figures_are_in_the_tables(tables):
    errors = {row["predictions"]: row for row in tables["errors"]}
    assert (errors["all test rows"]["rmse"], errors["all test rows"]["rmse_low"]) == ("0.95", "0.926")
    assert errors["baseline bias"]["rmse"] == "0.94"
    ndcg = next(row for row in tables["ranking"] if row["metric"] == "ndcg")
    assert (ndcg["k"], ndcg["model"], ndcg["most_popular"]) == ("10", "0.17", "0.26")
    assert {row["beside"]: row["verdict"] for row in tables["differences"]} == {
        "bias": "better",
        "most_popular": "worse",
    }
    assert tables["worst_predictions"][0]["title"] == "Fargo (1996)"
    assert tables["parameters"][1]["shape"] == "1682 x 8"
    assert [row["n"] for row in tables["norms"]] == ["600", "1050"]
    assert tables["interval_coverage"][0] == {"level": "0.5", "share": "0.468"}


def test_every_number_says_how_it_was_made(tables):
    facts = {row["what"]: row["value"] for row in tables["protocol"]}
    assert facts["split"] == "random: 20% of the rows, seed 42"
    assert facts["ranking"] == "all 1,682 items ranked"


def test_no_text_is_taken_for_a_formula(tables):
    assert tables["protocol"][0] == {"what": "run", "value": "'=SUM(A1)"}


def test_tables_without_rows_are_left_out_and_equal_reports_give_equal_files(tables):
    assert "deviations_over_parts" not in tables
    assert zipped(thorough_evaluation(), "a") == zipped(thorough_evaluation(), "a")
