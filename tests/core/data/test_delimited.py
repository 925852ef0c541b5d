"""Delimited text of any kind: what its columns are taken for, and how a person corrects it."""

import gzip
import zipfile
from pathlib import Path

import pytest

from mftui.core.data import load, summary_of
from mftui.core.data.readers import read
from mftui.core.errors import DataError, SettingError
from tests.layouts import PACK

ROWS = [("u1", "a", 5.0, 1_000_000_000), ("u2", "b", 0.5, 1_000_000_060), ("u1", "b", 3.0, 1_000_000_120)]


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def triples(path: Path, columns: str = "") -> list[tuple]:
    found, _ = read(path, "x", columns)
    users, items = found.user_ids[found.users].tolist(), found.item_ids[found.items].tolist()
    return list(zip(users, items, found.values.tolist(), strict=True))


EXPECTED = [row[:3] for row in ROWS]


@pytest.mark.parametrize("separator", [",", "\t", ";", "|", "::", " "])
@pytest.mark.parametrize("header", [("user_id", "item_id", "rating", "timestamp"), ()])
def test_any_separator_is_found_with_or_without_a_header(separator: str, header: tuple, tmp_path: Path) -> None:
    lines = [separator.join(map(str, row)) for row in ([header] if header else []) + ROWS]
    path = written(tmp_path / "file", "\n".join(lines))
    assert triples(path) == EXPECTED
    assert read(path, "x")[0].timestamps.tolist() == [row[3] for row in ROWS]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("userId,movieId,rating,timestamp", "u1,a,5,1000000000"),
        ("overall,verified,reviewTime,reviewerID,asin,unixReviewTime", '5,True,"09 9, 2001",u1,a,1000000000'),
        ("review_id,user_id,business_id,stars,date", "q,u1,a,5.0,2001-09-09 01:46:40"),
        ('"User-ID";"ISBN";"Book-Rating";"Date"', '"u1";"a";"5";"2001-09-09T01:46:40Z"'),
        ("timestamp\tUserID\tMovieID\tScore", "1000000000\tu1\ta\t5"),
        ("user_id:token\titem_id:token\trating:float\ttimestamp:float", "u1\ta\t5\t1000000000000"),
        ("Kunde,Artikel,rating,user,item,ts", "x,y,5,u1,a,1000000000000000000"),
    ],
)
def test_odd_headers_are_understood(header: str, row: str, tmp_path: Path) -> None:
    path = written(tmp_path / "reviews.csv", f"{header}\n{row}\n")
    assert triples(path) == [("u1", "a", 5.0)]
    assert read(path, "x")[0].timestamps.tolist() == [1_000_000_000]


def test_it_says_what_it_took_each_column_for(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "when,who,stars,user,item\n2001-09-09,x,4,1,2\n")
    assert read(path, "x")[0].notes == (
        "Read as columns between commas: user = user, item = item, rating = stars, timestamp = when.",
    )
    path = written(tmp_path / "y.csv", "1|2|5\n")
    assert "user = column 1, item = column 2, rating = column 3" in read(path, "x")[0].notes[0]


@pytest.mark.parametrize(
    "columns", ["user=Kunde,item=Artikel,rating=Note", "user=1, item=2, rating=4", "item=artikel,rating=NOTE,user=1"]
)
def test_a_person_says_which_column_is_which(columns: str, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "Kunde,Artikel,rating,Note\nu1,a,1,5\nu2,b,1,0.5\nu1,b,1,3\n")
    assert triples(path, columns) == EXPECTED


def test_columns_apply_to_a_layout_that_would_be_known_otherwise(tmp_path: Path) -> None:
    path = written(tmp_path / "u.data", "1\t2\t5\t100\n3\t4\t1\t200\n")
    assert triples(path, "user=2,item=1") == [(2, 1, 5), (4, 3, 1)]


@pytest.mark.usefixtures("home")
def test_the_same_file_with_other_columns_is_kept_apart(tmp_path: Path) -> None:
    path = str(written(tmp_path / "x.csv", "user,item,rating,score\n1,2,5,9\n"))
    assert load(path).values.tolist() == [5]
    assert load(path, columns="rating=score").values.tolist() == [9]
    assert [summary_of(path, c).mean for c in ("", "rating=score")] == [5, 9]


@pytest.mark.parametrize(
    ("columns", "error", "fault"),
    [
        ("rating=nope", DataError, 'has no column "nope"; it has who, what, stars'),
        ("", DataError, "has no user and no item column that can be told; it has who, what, stars"),
        ("user", SettingError, 'columns can\'t be "user"'),
        ("movie=what", SettingError, "columns can't be"),
        ("user=what,item=what", SettingError, "names one column twice"),
        ("user=what,item=2", DataError, 'has no column "2 for a role of its own"'),
    ],
)
def test_columns_that_cannot_be_found_are_named_with_those_there_are(columns, error, fault, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "who,what,stars\na,b,5\n")
    with pytest.raises(error, match=fault.replace("(", "\\(")) as caught:
        read(path, "x", columns)
    assert "user=…,item=…" in caught.value.hint


@pytest.mark.parametrize(
    ("ids", "kind"),
    [
        (["1", "-7", "0"], "i"),
        ([str(2**63 - 1), str(-(2**63)), "12345678901234567"], "i"),
        ([str(2**64 - 1), "1", "2"], "U"),
        (["007", "7", "+7"], "U"),
        (["B00004CI84", "0553213105", "०१"], "U"),
        (["Žižek", "黒澤明", "مستخدم", "🦊", "a b", "NA", "null"], "U"),
    ],
)
def test_ids_of_any_script_or_size_are_kept_as_they_are_written(ids: list[str], kind: str, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "user,item,rating\n" + "".join(f"{i},{i},1\n" for i in ids))
    found, _ = read(path, "x")
    assert [str(i) for i in found.user_ids.tolist()] == ids == [str(i) for i in found.item_ids.tolist()]
    assert found.user_ids.dtype.kind == kind


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1, 5, 3], (1, 5, 1)),
        ([0.5, 5, 4], (0.5, 5, 0.5)),
        ([0, 10, 7], (0, 10, 1)),
        ([-10, 10, 3.5], (-10, 10, 0.5)),
        ([-9.95, 9.96, 0.1], (-9.95, 9.96, 9.86)),
        ([7], (7, 7, 1)),
    ],
)
def test_the_scale_is_found(values: list[float], scale: tuple, tmp_path: Path) -> None:
    rows = "".join(f"u{i},i,{value}\n" for i, value in enumerate(values))
    found, _ = read(written(tmp_path / "x.csv", rows), "x")
    assert found.scale == pytest.approx(scale)


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "zst"])
def test_a_compressed_file_is_read_as_it_is(ending: str, tmp_path: Path) -> None:
    text = "user,item,rating\n" + "".join(f"{u},{i},{v}\n" for u, i, v in EXPECTED)
    path = tmp_path / f"x.csv.{ending}"
    path.write_bytes(PACK[ending](text.encode()))
    assert triples(path) == EXPECTED
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(path, path.name)
    assert triples(tmp_path / "x.zip") == EXPECTED


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_movielens_is_known_when_its_files_are_compressed(ending: str, tmp_path: Path) -> None:
    pack = gzip.compress if ending else bytes
    (tmp_path / f"ratings.csv{ending}").write_bytes(pack(b"userId,movieId,rating,timestamp\n1,2,5,9\n"))
    (tmp_path / f"movies.csv{ending}").write_bytes(pack(b'movieId,title,genres\n2,"Bat, The (1926)",Drama\n'))
    assert read(tmp_path, "x")[0].titles.tolist() == ["Bat, The (1926)"]


def test_in_a_folder_the_file_with_users_items_and_ratings_is_found(tmp_path: Path) -> None:
    written(tmp_path / "README.txt", "Ratings, of books.\nHave fun, reader.\n")
    written(tmp_path / "books.csv", "isbn,title,year\n1,One,1999\n2,Two,2001\n")
    written(tmp_path / "BX-Book-Ratings.csv", '"User-ID";"ISBN";"Book-Rating"\n"1";"034545104X";"0"\n')
    assert triples(tmp_path) == [(1, "034545104X", 0)]
    written(tmp_path / "more.csv", "user,item,rating\n1,2,3\n")
    with pytest.raises(DataError, match=r'several sets of ratings: "BX-Book-Ratings.csv", "more.csv"'):
        read(tmp_path, "x")


@pytest.mark.usefixtures("home")
def test_a_run_keeps_its_columns_so_that_it_can_be_repeated(tmp_path: Path) -> None:
    from mftui.core.runs.directory import create
    from mftui.core.runs.presets import preset
    from mftui.core.runs.rows import ratings_of

    path = written(tmp_path / "x.csv", "who,what,stars\na,b,5\nc,d,1\n")
    run = create(preset("notebook").with_changes({"data": str(path), "columns": "user=who,item=what"}))
    assert ratings_of(run.record()).values.tolist() == [5, 1]
    assert "--set columns=user=who,item=what" in run.record().command
    with pytest.raises(SettingError, match="columns can't be"):
        preset("notebook").with_changes({"columns": "who"})


def test_a_file_as_book_crossing_has_it_is_read_in_latin_1(tmp_path: Path) -> None:
    rows = '"User-ID";"ISBN";"Book-Rating"\r\n"276725";"034545104X";"0"\r\n"8";"Málaga;\\ñ";"10"\r\n'
    path = tmp_path / "BX-Book-Ratings.csv"
    path.write_bytes(rows.encode("latin-1"))
    found = read(path, "x")[0]
    assert triples(path) == [(276725, "034545104X", 0), (8, "Málaga;\\ñ", 10)]
    assert "It is not UTF-8: its letters beyond ASCII were taken for Latin-1." in found.notes
    path.write_bytes(rows.encode("latin-1") + '"9";"Málaga";"3"\r\n'.encode())
    with pytest.raises(DataError, match="line 3: this is not UTF-8 text"):
        read(path, "x")


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_title_beside_the_item_names_it(quote: str, tmp_path: Path) -> None:
    """Quotation marks decide whether the careful way reads it or the fast one."""
    rows = [("u1", 7, "Alien (1979)"), ("u2", 8, ""), ("u3", 7, "another"), ("u4", 9, "<[b]>\x1b[31mHeat")]
    text = "".join(f"{u},{i},{quote}{title}{quote},3\n" for u, i, title in rows)
    found = read(written(tmp_path / "x.csv", f"user,item,title,rating\n{text}"), "x")[0]
    assert found.titles.tolist() == ["Alien (1979)", "8", "<[b]>Heat"]
    assert found.item_info["year"].tolist() == [1979, 0, 0]
    assert "title = title" in found.notes[0]


@pytest.mark.parametrize("date", ["17/05/2003", '"May 17, 2003"', "noon"])
def test_dates_in_a_form_that_is_not_read_are_said_to_be_left_out(date: str, tmp_path: Path) -> None:
    found = read(written(tmp_path / "x.csv", f"user,item,rating,Date\n1,2,3,{date}\n2,3,4,{date}\n"), "x")[0]
    assert found.timestamps is None
    assert found.notes[1] == 'Column "Date" was not read: it holds neither seconds nor dates like 2003-05-17.'


def test_a_title_beside_a_text_is_a_reviews(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "user,item,rating,title,text\nu1,a,3,Great!,Buy it\n")
    assert "title" not in read(path, "x")[0].notes[0]
    assert read(path, "x")[0].titles.tolist() == ["a"]
