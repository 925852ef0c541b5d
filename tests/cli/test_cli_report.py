"""`mftui report`: one file to send to somebody."""

import json
import zipfile

import pytest

from tests.cli.says import mftui_says


def test_a_page_is_written_and_its_place_is_printed(run, tmp_path):
    path = tmp_path / "report.html"
    said = mftui_says("report", run.name, "-o", str(path))
    assert (said.exit_code, said.stdout) == (0, f"{path}\n")
    assert path.read_text().startswith("<!doctype html>")
    assert run.name in path.read_text()
    assert [file.name for file in tmp_path.glob("*report*")] == ["report.html"]


def test_without_a_place_it_is_named_after_the_run(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = json.loads(mftui_says("report", "latest", "--json").stdout)
    assert said == {"run": run.name, "path": str(tmp_path / f"{run.name}.html")}
    assert (tmp_path / f"{run.name}.html").exists()


def test_over_ssh_the_line_that_fetches_it_is_said(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    said = mftui_says("report", run.name, "-o", str(tmp_path / "a report.html"))
    assert "Fetch it with: scp '" in said.stderr
    assert "a report.html' ." in said.stderr


def test_where_nothing_can_be_written_a_sentence_says_so(run, tmp_path):
    said = mftui_says("report", run.name, "-o", str(tmp_path / "nowhere" / "report.html"))
    assert (said.exit_code, said.stdout) == (1, "")
    assert "nowhere/report.html can't be written: No such file or directory." in said.stderr


def test_the_suffix_says_the_format(run, tmp_path):
    said = mftui_says("report", run.name, "-o", str(tmp_path / "report.json"))
    assert said.exit_code == 0
    document = json.loads((tmp_path / "report.json").read_text())
    assert document.pop("run") == run.name
    assert document.pop("command") == run.record().command
    assert document == json.loads(mftui_says("evaluate", run.name, "--json").stdout)


def test_tables_are_several_so_that_csv_becomes_one_zip_of_them(run, tmp_path):
    said = mftui_says("report", run.name, "-o", str(tmp_path / "report.csv"))
    assert (said.exit_code, said.stdout) == (0, f"{tmp_path / 'report.csv.zip'}\n")
    with zipfile.ZipFile(tmp_path / "report.csv.zip") as archive:
        assert {"errors.csv", "ranking.csv", "segments.csv", "worst_predictions.csv"} <= set(archive.namelist())


@pytest.mark.parametrize("name", ["report.pdf", "report", "report.csv.gz"])
def test_a_suffix_that_says_no_format_is_refused_before_anything_is_written(run, tmp_path, name):
    said = mftui_says("report", run.name, "-o", str(tmp_path / name))
    assert (said.exit_code, said.stdout) == (2, "")
    assert f"can't be written as '{name}'" in said.stderr
    assert not (tmp_path / name).exists()
    assert not (run.path / "evaluation.json").exists()
