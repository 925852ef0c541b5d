"""`evaluation.json`: read back as it was written, whole or not at all."""

import json

import pytest

from mftui.core.errors import RunError
from mftui.core.evaluation import report
from mftui.core.evaluation.report import Evaluation, Protocol, RatingError, WorstPrediction


@pytest.fixture
def evaluation() -> Evaluation:
    error = RatingError(mse=1.0, rmse=1.0, mae=0.8, n=20)
    return Evaluation(
        protocol=Protocol("ml", "abc", "random", 80, 0, 20, True, (1.0, 5.0, 1.0), "last, epoch 1"),
        ratings=error,
        known=error,
        raw=error,
        baselines={"global_mean": error, "bias": error},
        by_rating=[],
        worst=[WorstPrediction("1", "2", "Amélie (2001)\x1b[2J", 5.0, 1.0, 3, 4)],
        parameters=[],
    )


def test_an_evaluation_comes_back_as_it_was_written(tmp_path, evaluation):
    report.write(tmp_path, evaluation)
    assert report.read(tmp_path) == evaluation
    assert [path.name for path in tmp_path.iterdir()] == ["evaluation.json"]


def test_the_names_that_readers_rely_on_are_in_the_file(tmp_path, evaluation):
    report.write(tmp_path, evaluation)
    document = json.loads((tmp_path / "evaluation.json").read_text())
    assert {"protocol", "ratings", "known", "baselines", "ranking"} <= set(document)
    assert {"mse", "rmse", "mae", "n"} <= set(document["ratings"])


def test_a_file_of_the_first_version_still_reads(tmp_path, evaluation):
    report.write(tmp_path, evaluation)
    path = tmp_path / "evaluation.json"
    document = json.loads(path.read_text())
    first = {"protocol", "ratings", "known", "raw", "baselines", "by_rating", "worst", "parameters", "ranking"}
    document = {name: value for name, value in document.items() if name in first}
    document["protocol"] = {name: value for name, value in document["protocol"].items() if value != ""}
    for error in (document["ratings"], document["known"], document["raw"], *document["baselines"].values()):
        for name in set(error) - {"mse", "rmse", "mae", "n"}:
            del error[name]
    path.write_text(json.dumps(document))
    assert report.read(tmp_path) == evaluation


def test_there_may_be_none_yet(tmp_path):
    assert report.read(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"ratings": 3}', b"\xff\xfe", b"[1e999]"])
def test_a_damaged_file_is_told_in_a_sentence(tmp_path, content):
    (tmp_path / "evaluation.json").write_bytes(content)
    with pytest.raises(RunError, match=r"evaluation\.json is damaged"):
        report.read(tmp_path)
