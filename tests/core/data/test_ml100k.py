"""The figures of MovieLens 100K that are known from outside."""

import pytest

from mftui.core.data import load, summary_of
from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import split
from mftui.core.data.statistics import summarize
from tests.layouts import write_movielens_100k, write_recbole

pytestmark = pytest.mark.ml100k


def test_the_notebooks_figures_come_out(ml100k: Ratings) -> None:
    summary = summarize(ml100k, "test")
    assert (summary.users, summary.items, summary.cells, summary.ratings) == (943, 1_682, 1_586_126, 100_000)
    assert f"{summary.filled:.2%}" == "6.30%"
    assert summary.histogram == [(1, 6_110), (2, 11_370), (3, 27_145), (4, 34_174), (5, 21_201)]
    assert summary.most_rated[0] == ("Star Wars (1977)", 583)
    assert summary.mean == pytest.approx(3.52986)
    assert (summary.n_unrated_items, summary.notes) == (0, [])
    assert [month for month, _ in summary.per_month][::7] == ["1997-09", "1998-04"]
    assert summary_of("ml-100k") is not None


def test_titles_are_those_the_notebook_prints(ml100k: Ratings) -> None:
    titles = dict(zip(ml100k.item_ids.tolist(), ml100k.titles.tolist(), strict=True))
    assert titles[1] == "Toy Story (1995)"
    assert titles[267] == "unknown"
    assert titles[1412] == "Land Before Time III: The Time of the Great Giving (1995) (V)"
    assert titles[543] == "Misérables, Les (1995)"
    info = {name: column[ml100k.item_ids == 1][0] for name, column in ml100k.item_info.items()}
    assert (info["genres"], info["year"]) == ("Animation|Children's|Comedy", 1995)
    first_user = {name: column[ml100k.user_ids == 1][0] for name, column in ml100k.user_info.items()}
    assert first_user == {"age": 24, "gender": "M", "occupation": "technician", "zip_code": "85711"}


def test_the_first_rows_are_those_of_the_file(ml100k: Ratings) -> None:
    rows = [(ml100k.user_ids[u], ml100k.item_ids[i]) for u, i in zip(ml100k.users[:4], ml100k.items[:4], strict=True)]
    assert rows == [(196, 242), (186, 302), (22, 377), (244, 51)]
    assert (ml100k.values[:4].tolist(), ml100k.timestamps[0]) == ([3, 3, 1, 2], 881_250_949)
    assert split(ml100k, "fold:1").test.tolist() == list(range(20_000))


def test_zip_folder_and_recbole_files_of_the_same_data_agree(ml100k: Ratings, home, tmp_path) -> None:
    from shutil import make_archive

    folder = write_movielens_100k(ml100k, tmp_path / "ml-100k")
    archive = make_archive(str(tmp_path / "zipped"), "zip", tmp_path, "ml-100k")
    recbole = write_recbole(ml100k, tmp_path / "recbole")
    for path in (folder, folder / "u.data", archive, recbole):
        other = load(str(path))
        assert other.fingerprint == ml100k.fingerprint
        for name, column in (*ml100k.item_info.items(), *ml100k.user_info.items()):
            assert ({**other.item_info, **other.user_info}[name] == column).all(), (path, name)
