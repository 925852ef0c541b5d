"""Where things are kept: the folders that a person names, also as a shell would not have written them."""

import pytest

from mftui.core import paths


@pytest.mark.parametrize(
    ("variable", "folder"), [("MFTUI_DATA_DIR", paths.data_dir), ("MFTUI_CACHE_DIR", paths.cache_dir)]
)
def test_a_folder_may_be_in_the_home_folder_or_beside_the_current_one(variable, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv(variable, "~/ratings")
    assert folder() == tmp_path / "me" / "ratings"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, "ratings")
    assert folder() == tmp_path / "ratings"
    monkeypatch.setenv(variable, "")
    assert folder().name == "mftui"
