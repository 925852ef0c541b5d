"""The run directory: its files by name, and where run directories are."""

import re
import socket
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from mftui.core.data.catalog import CATALOG
from mftui.core.documents import read_document, write_document
from mftui.core.errors import RunError
from mftui.core.paths import runs_dir
from mftui.core.runs.config import Config
from mftui.core.runs.presets import preset
from mftui.core.runs.rows import check
from mftui.core.runs.search import Search
from mftui.core.runs.versions import installed

_PARTS = "parts"
"""The folder that a run has its parts in."""


class Dataset(Struct, frozen=True):
    """Which ratings a run trained on."""

    name: str
    path: str
    fingerprint: str
    """SHA-256 of the arrays."""


class Part(Struct, frozen=True):
    """One of the trainings that a run in parts is made of, in a run directory of its own."""

    name: str
    """Its directory's: "fold-1", "seed-3", "fold-1-seed-3"."""
    split: str
    seed: int


class Record(Struct, frozen=True, kw_only=True):
    """What `run.json` holds: written when the run is made, completed by its process before the first sweep."""

    config: Config
    command: str
    """The command line that repeats the run."""
    created: float
    """Unix seconds."""
    host: str
    versions: dict[str, str]
    """Of mftui, torch, NumPy and Python."""
    dataset: Dataset | None = None
    device: str | None = None
    """Where it computes, resolved."""
    threads: int | None = None
    """How many CPU threads it computes with; a resumed run takes the same."""
    parts: tuple[Part, ...] = ()
    """What a run in parts trains, one after another; empty for a run of its own."""
    after: str = ""
    """The directory of a run whose end it waits for before it begins; empty for none."""
    search: Search | None = None
    """What a study tries, whose trials are parts too, made one by one; None for any other run."""
    tested: bool = True
    """Whether its process judges the model on the test rows, in the end; of a study's trials it does not."""


class Note(Struct, frozen=True):
    """The name and remark that a person gave a run."""

    name: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Run:
    """A run directory. Making one of these touches nothing on disk."""

    path: Path

    @property
    def name(self) -> str:
        """The directory's name."""
        return self.path.name

    @property
    def full_name(self) -> str:
        """Its name beside other runs: of a part or a trial, after that of the run that it belongs to."""
        return f"{self.whole.name}-{self.name}" if self.whole else self.name

    @property
    def events(self) -> Path:
        """What happened, a JSON object a line."""
        return self.path / "events.jsonl"

    @property
    def checkpoint(self) -> Path:
        """The solver's state at the end of an epoch."""
        return self.path / "checkpoint.safetensors"

    @property
    def model(self) -> Path:
        """The best model by what the run watches, or the last where there is no validation part."""
        return self.path / "model.safetensors"

    @property
    def posterior(self) -> Path:
        """Samples beside the model, where a solver draws them."""
        return self.path / "posterior.safetensors"

    @property
    def log(self) -> Path:
        """What the training process wrote to stdout and stderr."""
        return self.path / "trainer.log"

    @property
    def lock(self) -> Path:
        """Held by the training process as long as it lives."""
        return self.path / "lock"

    @property
    def stop(self) -> Path:
        """Put there to ask for a stop."""
        return self.path / "stop"

    def part(self, name: str) -> "Run":
        """One of the parts of a run in parts."""
        return Run(self.path / _PARTS / name)

    @property
    def whole(self) -> "Run | None":
        """The run or study that this one is a part or a trial of; None for a run of its own."""
        return Run(self.path.parent.parent) if self.path.parent.name == _PARTS else None

    def record(self) -> Record:
        """What the run was told.

        Raises:
            RunError: `run.json` is missing or damaged.
        """
        path = self.path / "run.json"
        if (record := read_document(path, Record)) is None:
            raise RunError(f"There is no {path}.", "Is this a run directory?")
        return record

    def write_record(self, record: Record) -> None:
        """Replace `run.json`, atomically."""
        write_document(self.path / "run.json", record)

    def note(self) -> Note:
        """What a person wrote about the run; empty where nobody did."""
        return read_document(self.path / "note.json", Note) or Note()

    def write_note(self, note: Note) -> None:
        """Replace `note.json`, atomically."""
        write_document(self.path / "note.json", note)


def create(
    config: Config,
    directory: Path | None = None,
    parts: tuple[Part, ...] = (),
    flags: str = "",
    search: Search | None = None,
    tested: bool = True,
    after: Run | None = None,
) -> Run:
    """Make the directory of a new run, with its `run.json`; nothing is started.

    Args:
        config: its settings.
        directory: where to make it; None for a fresh name in the data directory.
        parts: what a run in parts trains,
        flags: what asked for them, or for a search, on the command line, and
        search: what a study tries.
        tested: whether its model is judged on the test rows, in the end.
        after: a run whose end it waits for before it begins.

    Raises:
        RunError: the directory holds a run already, or can't be made.
        DataError: there is no such data.
        DeviceError: there is no such device.
        SettingError: the data is known, and the solver can't learn from it.
    """
    # Whoever resumes the run may stand in another directory.
    if config.data not in CATALOG and (data := Path(config.data).expanduser()).exists():
        config = msgspec.structs.replace(config, data=str(data.resolve()))
    check(config)
    run = Run(directory.absolute() if directory else _fresh(config, "-tune" if search else ""))
    if (run.path / "run.json").exists():
        raise RunError(f"{run.path} already holds a run.", "Give another directory, or resume it.")
    record = Record(
        config=config,
        command=command_of(config, flags, search),
        created=time.time(),
        host=socket.gethostname(),
        versions=installed(),
        parts=parts,
        search=search,
        tested=tested,
        after=str(after.path) if after else "",
    )
    try:
        run.path.mkdir(parents=True, exist_ok=True)
        run.write_record(record)
    except OSError as error:
        raise RunError(f"{run.path} can't be written: {error.strerror}.", "Choose another place with --run.") from error
    return run


def command_of(config: Config, flags: str = "", search: Search | None = None) -> str:
    """The command line that makes such a run."""
    base = preset(config.preset)
    if search:  # which takes validation rows and watches its metric in any case
        base = msgspec.structs.replace(base, held_out=config.held_out, watch=config.watch)
    return f"{config.command(base, 'tune' if search else 'train')} {flags}".rstrip()


def all_runs() -> list[Run]:
    """Every run in the data directory, newest first."""
    runs = [Run(path.parent) for path in runs_dir().glob("*/run.json")]
    return sorted(runs, key=lambda run: (_created(run), run.name), reverse=True)


def runs_in(path: Path) -> list[Run]:
    """The run of a directory, or the runs of a folder of runs or of another data directory; newest first.

    Raises:
        RunError: there is none.
    """
    path = path.expanduser().absolute()
    for pattern in ("run.json", "*/run.json", "runs/*/run.json"):
        if found := [Run(file.parent) for file in path.glob(pattern)]:
            return sorted(found, key=lambda run: (_created(run), run.name), reverse=True)
    raise RunError(f"There is no run in {path}.", "A run directory has a run.json; a data directory has runs in it.")


def find(name: str) -> Run:
    """A run by `latest`, by path, by name, or by a unique beginning of its name.

    Raises:
        RunError: there is none, or more than one.
    """
    if (Path(name) / "run.json").exists():
        return Run(Path(name).absolute())
    runs = all_runs()
    if name == "latest" and runs:
        return runs[0]
    if exact := [run for run in runs if run.name == name]:
        return exact[0]
    found = [run for run in runs if run.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise RunError(f"{name!r} is the beginning of {len(found)} runs.", f"Say which: {_some(found)}.")
    known = f"There are: {_some(runs)}." if runs else "There are no runs yet: mftui train makes one."
    raise RunError(f"There is no run {name!r}.", known)


def short_name(data: str) -> str:
    """A dataset's name, or its file's, as a part of other names."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(data).name.split(".")[0]).strip("-") or "data"


def _fresh(config: Config, kind: str) -> Path:
    """A readable name that no run has: the data, the preset, the minute."""
    stem = f"{short_name(config.data)}-{config.preset}{kind}-{time.strftime('%Y%m%d-%H%M')}"
    path, count = runs_dir() / stem, 1
    while path.exists():
        count += 1
        path = runs_dir() / f"{stem}-{count}"
    return path


def _created(run: Run) -> float:
    try:
        return run.record().created
    except RunError:
        return 0.0


def _some(runs: list[Run]) -> str:
    names = [run.name for run in runs[:5]]
    return ", ".join(names) + (f" and {len(runs) - 5} more" if len(runs) > 5 else "")
