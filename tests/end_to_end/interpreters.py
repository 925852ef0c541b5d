"""Interpreters of this machine with the packages that the app draws with, each in a place of its own that is kept."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PACKAGES = ("msgspec", "numpy", "platformdirs", "psutil", "textual")
"""What the app imports to open, start a run and draw it."""


class NotHere(Exception):
    """There is no such interpreter, or its packages can't be had."""


def interpreter(version: str) -> Path:
    """The interpreter of this version ("3.12") with the app's packages: our own, or one set up under `build`.

    Raises:
        NotHere: it is not on this machine, or the packages can't be installed.
    """
    if version == "{}.{}".format(*sys.version_info):
        return Path(sys.executable)
    base = _find(version)
    pins = (ROOT / "constraints.txt").read_bytes()
    stamp = hashlib.sha256(pins + " ".join((str(base), *_PACKAGES)).encode()).hexdigest()[:12]
    place = ROOT / "build" / "interpreters" / f"{version}-{stamp}"
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        shutil.rmtree(place, ignore_errors=True)
        _run(str(base), "-m", "venv", "--without-pip", str(place))
        pip = (sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--only-binary=:all:")
        _run(*pip, "-c", str(ROOT / "constraints.txt"), *_PACKAGES)
        (place / "ready").touch()
    return python


def _find(version: str) -> Path:
    """A real interpreter of this version: on the PATH, or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"versions/{version}.*/bin/python"))]
    for candidate in filter(None, found):
        said = subprocess.run(
            [candidate, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if said.returncode == 0 and said.stdout.strip() == version:
            return Path(candidate)
    raise NotHere(f"there is no Python {version} on this machine")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotHere(f"its packages can't be had: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
