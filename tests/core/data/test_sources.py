"""What a path may lead to: archives, cut files and bombs, and what is no file at all."""

import gzip
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mftui.core.data import load, summary_of
from mftui.core.data.readers import read, streams
from mftui.core.errors import DataError
from tests.layouts import zstd
from tests.tables import CLEAN, HEADER, csv_file, rows_of


@pytest.mark.parametrize(("ending", "pack"), [("gz", gzip.compress), ("zst", zstd)])
def test_what_was_cut_off_is_refused_however_late_that_shows(ending: str, pack, tmp_path: Path) -> None:
    rows = HEADER + b"".join(b"%d,%d,3,%d\n" % (u, u * 7 % 1009, u * u) for u in range(60_000))
    packed = pack(rows)
    assert len(read(csv_file(tmp_path, packed, f"whole.{ending}"), "x")[0]) == 60_000
    for size in (12, len(packed) // 2, len(packed) - 4):
        with pytest.raises(DataError, match=rf"cut\.{ending} is damaged or cut off"):
            read(csv_file(tmp_path, packed[:size], f"cut.{ending}"), "x")


def zip_of(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST_UNPACKED", 1 << 20)
    bomb = HEADER + b"a,x,5,100\n" * 500_000
    for path in (
        zip_of(tmp_path / "bomb.zip", **{"x.csv": bomb}),
        csv_file(tmp_path, gzip.compress(bomb), "x.csv.gz"),
        csv_file(tmp_path, zstd(bomb), "x.csv.zst"),
    ):
        with pytest.raises(DataError, match="unpacks to more than"):
            read(path, "x")


def test_a_bomb_within_a_zip_is_refused_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST_UNPACKED", 1 << 20)
    path = zip_of(tmp_path / "x.zip", **{"x.csv.gz": gzip.compress(HEADER + b"a,x,5,100\n" * 500_000)})
    with pytest.raises(DataError, match="unpacks to more than"):
        read(path, "x")


def test_names_in_a_zip_that_point_elsewhere_point_nowhere(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    path = zip_of(
        inner / "x.zip", **{"../../ratings.csv": HEADER + b"a,x,5,100\nb,y,3,200\n", "/etc/passwd": b"root\n"}
    )
    assert rows_of(path) == CLEAN
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["inner", "x.zip"]


def test_a_zip_in_a_zip_or_alone_in_a_folder_is_said_to_be_one(tmp_path: Path) -> None:
    inner = zip_of(tmp_path / "inner.zip", **{"x.csv": HEADER + b"a,x,5,100\n"})
    (tmp_path / "outer").mkdir()
    zip_of(tmp_path / "outer" / "x.zip", **{"inner.zip": inner.read_bytes()})
    for place in (tmp_path / "outer" / "x.zip", tmp_path / "outer"):
        with pytest.raises(DataError, match="is a zip, which mftui reads only by itself") as caught:
            read(place, "x")
        assert caught.value.hint == "Unpack it first."


def test_a_file_without_a_name_in_a_zip_is_passed_over(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.zip", **{"x.csv": HEADER + b"a,x,5,100\nb,y,3,200\n", "ab": b"!"})
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 28], content[entry + 30] = 0, 2  # its name of two letters becomes an extra field
    path.write_bytes(content)
    assert rows_of(path) == CLEAN


def test_a_name_in_a_zip_that_is_no_text_is_damage(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.zip", **{"é.csv": HEADER + b"a,x,5,100\n"})
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\x9e\x9e"))
    with pytest.raises(DataError, match=r"x\.zip is a damaged zip file"):
        read(path, "x")


def test_a_name_in_a_zip_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    ratings = HEADER + b"a,x,5,100\n"
    path = zip_of(tmp_path / "x.zip", **{"\x1b[2Ja.csv": ratings, "b.csv": ratings})
    with pytest.raises(DataError, match=r'several sets of ratings: "a\.csv", "b\.csv"'):
        read(path, "x")


@pytest.mark.usefixtures("home")
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "itself").symlink_to(tmp_path / "folder")
    os.mkfifo(tmp_path / "folder" / "ratings.csv")
    for name, fault in {
        "fifo": "is neither a file nor a directory",
        "loop": "can't be read: Too many levels of symbolic links",
        "dangling": "There is no",
        "folder": "holds no ratings",
        "x" * 300: "can't be read: File name too long",
        "nul\0": "no dataset and no file",
    }.items():
        with pytest.raises(DataError, match=fault):
            load(str(tmp_path / name))
        assert summary_of(str(tmp_path / name)) is None


@pytest.mark.parametrize("layout", ["ratings.csv", "movies.csv"])
def test_a_directory_in_place_of_a_file_is_passed_over_or_refused(layout: str, tmp_path: Path) -> None:
    (tmp_path / layout).mkdir()
    if layout == "movies.csv":
        (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,2,3,4\n")
        assert read(tmp_path, "x")[0].titles.tolist() == ["2"]
    else:
        for there in (tmp_path, tmp_path / layout):
            with pytest.raises(DataError, match="holds no ratings"):
                read(there, "x")


def test_what_may_not_be_read_is_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv_file(tmp_path, HEADER + b"a,x,5,100\n")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0)
    path.chmod(0)
    if os.geteuid() == 0:  # whom no mode keeps out
        tmp_path.chmod(0o755)

        def denied(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(io, "open", denied)
        monkeypatch.setattr(os, "listdir", denied)
    for there in (path, locked):
        with pytest.raises(DataError, match="can't be read: Permission denied"):
            read(there, "x")


READ_AS_NOBODY = """
import os, sys
from pathlib import Path
from mftui.core.data.readers import read
from mftui.core.errors import DataError
from tests.layouts import zstd
os.setgid(65534), os.setuid(65534)
for there in sys.argv[1:]:
    try:
        read(Path(there), "x")
    except DataError as error:
        print(error.message)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_what_is_another_persons_is_said_to_be(tmp_path: Path) -> None:
    """In a process that gave up root's privileges, so that the kernel itself refuses."""
    path, folder = csv_file(tmp_path, HEADER + b"a,x,5,100\n"), tmp_path / "locked"
    path.chmod(0o600)
    folder.mkdir(mode=0o700)
    shut = [parent for parent in tmp_path.parents if not parent.stat().st_mode & 0o001]
    for parent in shut:  # pytest keeps its folders to itself
        parent.chmod(parent.stat().st_mode | 0o001)
    tmp_path.chmod(0o711)
    command = [sys.executable, "-c", READ_AS_NOBODY, str(path), str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for parent in shut:
        parent.chmod(parent.stat().st_mode & ~0o001)
    assert said.splitlines() == [f"{there} can't be read: Permission denied." for there in (path, folder)]
