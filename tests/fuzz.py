"""Damaged files for the readers, each of which must end in ratings or a sentence: `python -m tests.fuzz [N] [SEED]`."""

import gzip
import io
import random
import shutil
import sys
import tempfile
import traceback
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyarrow

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers import read
from mftui.core.data.statistics import summarize
from mftui.core.data.writing import write
from mftui.core.errors import MftuiError
from tests.layouts import write_delimited, write_movielens, write_movielens_100k, write_recbole
from tests.planted import planted_ratings

_ROUND = 5_000
_IN_MEMORY = Path("/dev/shm")
TOKENS = (
    b"", b"\n", b"\r\n", b"\r", b"\0", b'"', b'""', b",", b";", b"\t", b"::", b"|", b" ", b"#", b"-", b"0", b"007",
    b"nan", b"inf", b"1e400", b"-1e308", b"5e-324", b"99999999999999999999", b"1e18", b"True", b"1_0", b"2003-05-17",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xe9", b"\n# so, on\n", b"\n// ", b"%\r\n", b"\x1b[2J", "٣ \u202e 🦊".encode(),
    b"user_id:token\titem_id:token\trating:float\n", b"userId,movieId,rating,timestamp\n", b"1::2::3::4\n",
    b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9",
)  # fmt: skip


def seeds() -> dict[str, bytes]:
    """Small good files of every layout, by name."""
    ratings = planted_ratings(8, 6)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_movielens_100k(ratings, place / "100k")
        write_recbole(ratings, place / "recbole")
        write_movielens(ratings, place / "1m", "1m")
        write_movielens(ratings, place / "20m", "20m")
        for separator in ",;|\t":
            write_delimited(ratings, place / f"with{ord(separator)}.csv", separator, header=True)
            write_delimited(ratings, place / f"without{ord(separator)}.csv", separator, header=False)
        write(ratings, place / "planted.parquet")
        (place / "clicks.csv").write_text("user,item,name\n" + "".join(f"u{n % 9},i{n % 7},a\n" for n in range(40)))
        files = {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    for name in ("100k/u.data", "with44.csv"):
        files[f"{name}.gz"] = gzip.compress(files[name], mtime=0)
    files["with59.csv.zst"] = pyarrow.compress(files["with59.csv"], codec="zstd", asbytes=True)
    for name, mark, zone in (("dates", "u", ""), ("zoned", "", "Z")):
        dates = (f"2003-05-{n % 30 + 1:02}T10:{n:02}:00{zone}" for n in range(40))
        rows = "".join(f"{mark}{n % 9},{n % 7},{n % 5},{date}\n" for n, date in enumerate(dates))
        files[f"{name}.csv"] = f"user,item,rating,date\n{rows}".encode()
    quoted = "".join(f'"u{n % 9}";"{n % 7}";"Bat; ""The"" {n % 7}";"{n % 5}"\r\n' for n in range(40))
    files["quoted.csv"] = b'\xef\xbb\xbf"User-ID";"ISBN";"Title";"Book-Rating"\r\n' + quoted.encode()
    return files | {
        "20m.zip": _zipped({name: files[name] for name in ("20m/ratings.csv", "20m/movies.csv")}),
        "parquet.zip": _zipped({"planted.parquet": files["planted.parquet"]}),
    }


def _zipped(files: dict[str, bytes]) -> bytes:
    """An archive of these files, the same bytes every time."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def mutated(content: bytes, draw: random.Random) -> bytes:
    """The content with one to four things done to it."""
    for _ in range(draw.randint(1, 4)):
        content = draw.choice(_MUTATIONS)(content, draw)
    return content


def _insert(content: bytes, draw: random.Random) -> bytes:
    at = draw.randint(0, len(content))
    return content[:at] + draw.choice(TOKENS) + content[at:]


def _overwrite(content: bytes, draw: random.Random) -> bytes:
    at, token = draw.randint(0, len(content)), draw.choice(TOKENS)
    return content[:at] + token + content[at + len(token) :]


def _flip(content: bytes, draw: random.Random) -> bytes:
    at = draw.randint(0, max(0, len(content) - 1))
    return content[:at] + bytes([draw.randrange(256)]) + content[at + 1 :]


def _cut(content: bytes, draw: random.Random) -> bytes:
    start, end = sorted(draw.randint(0, len(content)) for _ in range(2))
    return content[:start] + content[end:] if draw.random() < 0.7 else content[:end]


def _double(content: bytes, draw: random.Random) -> bytes:
    start, end = sorted(draw.randint(0, len(content)) for _ in range(2))
    return content[:end] + content[start:end] * draw.choice((1, 2, 30)) + content[end:]


def _field(content: bytes, draw: random.Random) -> bytes:
    """Another field in place of one."""
    lines = content.split(b"\n")
    i = draw.randrange(len(lines))
    separator = draw.choice((b",", b"\t", b";", b"::", b"|"))
    fields = lines[i].split(separator)
    fields[draw.randrange(len(fields))] = draw.choice(TOKENS)
    return b"\n".join([*lines[:i], separator.join(fields), *lines[i + 1 :]])


_MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (_insert, _overwrite, _flip, _cut, _double, _field)


def outcomes(n: int, seed: int, place: Path) -> Iterator[Ratings | MftuiError]:
    """What reading each of so many damaged files ends in; `place` is an empty folder to work in.

    A file is damaged in a folder with its good neighbours, and read by itself or with the folder.
    """
    draw = random.Random(seed)
    good = seeds()
    for name, content in good.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_bytes(content)
    names = sorted(good)
    for _ in range(n):
        path = place / draw.choice(names)
        _replace(path, mutated(good[path.relative_to(place).as_posix()], draw))
        asked = path.parent if path.parent != place and draw.random() < 0.5 else path
        columns = draw.choice(("", "", "", "user=1", "user=2,item=1,rating=3", "rating=user", "timestamp=2"))
        try:
            ratings = read(asked, "x", columns)[0]
            summarize(ratings, "x")
            yield ratings
        except MftuiError as error:
            yield error
        _replace(path, good[path.relative_to(place).as_posix()])


def _replace(path: Path, content: bytes) -> None:
    """Write a file anew: some file systems wait for the disk where a file is cut to nothing first."""
    path.unlink()
    path.write_bytes(content)


def main(n: int = 200_000, seed: int = 0) -> int:
    """Read n damaged files, in as many processes as there are cores, each with seeds of its own.

    A failure leaves its file behind and says where. Returns the exit code.
    """
    rounds = [(min(_ROUND, n - start), seed + start // _ROUND) for start in range(0, n, _ROUND)]
    n_read = n_refused = 0
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for (size, own_seed), (read, refused, fault) in zip(rounds, pool.map(_one_round, rounds), strict=True):
            if fault:
                print(f"{fault}\nInput {read + refused:,} broke a reader. Again: make fuzz N={size} SEED={own_seed}")
                return 1
            n_read, n_refused = n_read + read, n_refused + refused
            print(f"{n_read + n_refused:,} inputs: {n_read:,} read, {n_refused:,} refused", flush=True)
    print(f"{n_read:,} read, {n_refused:,} refused, none broke a reader.")
    return 0


def _one_round(sized: tuple[int, int]) -> tuple[int, int, str]:
    """How many of so many inputs of a seed were read and how many refused; a traceback and a path where one broke."""
    place = Path(tempfile.mkdtemp(prefix="mftui-fuzz-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))
    n_read = n_refused = 0
    try:
        for outcome in outcomes(*sized, place):
            n_refused += isinstance(outcome, MftuiError)
            n_read += isinstance(outcome, Ratings)
    except Exception:
        return n_read, n_refused, f"{traceback.format_exc()}Its file is in {place}."
    shutil.rmtree(place)
    return n_read, n_refused, ""


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
