"""A person's own presets: kept, found by name, checked when read, and never in the way of those that come along."""

from pathlib import Path

import pytest

from mftui.core.errors import RunError, SettingError
from mftui.core.paths import presets_dir
from mftui.core.runs import own_presets, presets
from mftui.core.runs.config import Config
from mftui.core.runs.directory import create
from mftui.core.runs.options import Als
from mftui.core.runs.own_presets import Origin, Preset

ORIGIN = Origin(run="/runs/study", trial=7, data="planted", metric="rmse", figure=0.9, created=1.0)


@pytest.fixture
def kept(home: Path) -> Path:
    config = Config(preset="als", held_out="none", epochs=7, solver=Als(n_factors=12, regularization=0.2))
    own_presets.write("mine", Preset(config, "als, tuned on planted", ORIGIN))
    return presets_dir() / "mine.json"


def test_it_is_a_preset_like_the_others_with_where_it_came_from(kept: Path):
    assert presets.names() == [*presets.PRESETS, "mine"]
    found = presets.find("mine")
    assert found.origin == ORIGIN
    assert (found.config.preset, found.config.epochs) == ("mine", 7)
    assert presets.preset("mine").with_changes({"seed": 3}).values()["n_factors"] == 12


def test_a_run_of_it_repeats_by_its_name(kept: Path, ratings_folder: Path):
    config = presets.preset("mine").with_changes({"data": str(ratings_folder), "n_factors": 5})
    assert create(config).record().command == f"mftui train {ratings_folder} --preset mine --set n_factors=5"


@pytest.mark.parametrize("name", ["als", "notebook", "mine"])
def test_a_name_that_is_taken_is_refused(kept: Path, name: str):
    with pytest.raises(SettingError, match=f"There is a preset {name} already"):
        presets.check_free(name)


def test_a_document_called_like_one_that_comes_along_changes_nothing(kept: Path):
    kept.rename(kept.with_name("als.json"))
    assert presets.names() == list(presets.PRESETS)
    assert presets.find("als") is presets.PRESETS["als"]


@pytest.mark.parametrize("name", ["", "../mine", "Mine", "a b", "-x", "x" * 41])
def test_what_can_not_be_a_name_is_refused_and_finds_nothing(kept: Path, name: str):
    with pytest.raises(SettingError, match="no name for a preset"):
        presets.check_free(name)
    with pytest.raises(SettingError, match="There is no preset"):
        presets.find(name)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"summary": "no config"}', '{"config": {"epochs": -1, "solver": {"name": "als"}}, "summary": ""}',
     '{"config": {"solver": {"name": "als"}, "held_out": "none", "watch": "ndcg@10"}, "summary": ""}'],
)  # fmt: skip
def test_a_damaged_one_is_told_in_a_sentence_and_harms_no_other(kept: Path, text: str):
    kept.write_text(text)
    with pytest.raises(RunError, match=r"mine\.json is damaged: ") as damaged:
        presets.preset("mine")
    assert "\n" not in str(damaged.value)
    assert presets.preset("als").solver_name == "als"


def test_one_that_is_removed_is_gone(kept: Path):
    own_presets.remove("mine")
    assert presets.names() == list(presets.PRESETS)
    with pytest.raises(SettingError):
        own_presets.remove("mine")
