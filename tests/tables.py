"""Small tables for the tests of readers, and the rows that come of them."""

from pathlib import Path

from mftui.core.data.readers import read

HEADER = b"user,item,rating,time\n"
CLEAN = [("a", "x", 5.0, 100), ("b", "y", 3.0, 200)]


def csv_file(tmp_path: Path, content: bytes, name: str = "x.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def rows_of(path: Path) -> list[tuple]:
    found, _ = read(path, "x")
    columns = (found.user_ids[found.users], found.item_ids[found.items], found.values, found.timestamps)
    return list(zip(*(column.tolist() for column in columns), strict=True))
