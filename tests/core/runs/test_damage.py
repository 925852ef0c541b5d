"""Two hundred damaged copies of every file of a run: each is refused in a sentence, or still makes sense."""

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mftui.core.clusters import report as clusters_report
from mftui.core.data.ratings import Ratings
from mftui.core.errors import MftuiError
from mftui.core.evaluation import report as evaluation_report
from mftui.core.model.posterior import Posterior
from mftui.core.runs import directory
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run
from mftui.core.runs.history import History
from tests.cli.says import mftui_says
from tests.layouts import write_movielens_100k

_BYTES = (b"\xff", b"\x00", b"[" * 3000, b'{"a":' * 3000, b"1e400", b"-1", b"\n", b'"', b"null", b"9" * 40)


@pytest.fixture(scope="module")
def trained(ratings: Ratings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a finished run of the Bayesian solver, which has a file of every kind."""
    place = tmp_path_factory.mktemp("damage")
    folder = write_movielens_100k(ratings, place / "planted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MFTUI_DATA_DIR", str(place / "data"))
        patch.setenv("MFTUI_CACHE_DIR", str(place / "cache"))
        changes = {
            "data": str(folder),
            "solver": "bayes",
            "n_factors": 3,
            "burn_in": 1,
            "epochs": 10,
            "held_out": "test",
        }
        run = directory.create(Config().with_changes({**changes, "device": "cpu", "threads": 1}))
        subprocess.run([sys.executable, "-m", "mftui.core.training", str(run.path)], check=True, capture_output=True)
    return run.path


def damaged(whole: bytes, draw: random.Random) -> bytes:
    content = bytearray(whole[: draw.randrange(len(whole))] if draw.random() < 0.3 else whole)
    for _ in range(draw.randrange(1, 6)):
        at = draw.randrange(len(content) + 1)
        match draw.randrange(3):
            case 0:
                content[at : at + 1] = bytes([draw.randrange(256)])
            case 1:
                content[at:at] = draw.choice(_BYTES)
            case 2:
                del content[at : at + draw.randrange(1, 200)]
    return bytes(content)


def events_read(run: Run) -> None:
    history = History(run)
    history.poll()
    history.state()
    assert all(epoch.epoch for epoch in history.epochs)


READERS: dict[str, Callable[[Run], object]] = {
    "events.jsonl": events_read,
    "run.json": lambda run: run.record(),
    "evaluation.json": lambda run: evaluation_report.read(run.path),
    "clusters.json": lambda run: clusters_report.read(run.path),
    "posterior.safetensors": lambda run: Posterior.load(run.posterior),
    "note.json": lambda run: run.note(),
}
"""The model and the checkpoint have tests of their own, beside what reads them."""


@pytest.mark.parametrize("name", READERS)
def test_every_damaged_copy_ends_in_a_sentence_or_in_sense(
    name: str, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MFTUI_DATA_DIR", str(tmp_path))
    copy = tmp_path / "runs" / trained.name
    shutil.copytree(trained, copy)
    file, draw, n_refused = copy / name, random.Random(name), 0
    whole = b'{"name": "My run", "remark": "the best so far"}' if name == "note.json" else file.read_bytes()
    for attempt in range(200):
        file.write_bytes(damaged(whole, draw))
        try:
            READERS[name](Run(copy))
        except MftuiError:
            n_refused += 1
        if attempt % 10 == 0:
            said = mftui_says("runs", "--json")
            assert said.exit_code == 0, said.stderr
            assert said.exception is None
            assert mftui_says("runs").exception is None
    assert n_refused or name == "events.jsonl", "none was damaged enough to tell"
