"""Where the compiled functions of the solvers are kept, and whether they are there."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from mftui.core.paths import cache_dir


def folder() -> Path:
    """The folder in mftui's cache for the compiled functions as they now stand."""
    return cache_dir() / "numba" / fingerprint(Path(__file__).parent)


def fingerprint(sources: Path) -> str:
    """Of all compiled functions in a folder: numba sees a change of a function's own file, not of what it calls."""
    texts = (path.read_bytes() for path in sorted(sources.glob("*.py")))
    return sha256(b"".join(text for text in texts if b"\n@compiled(" in text)).hexdigest()[:16]


def must_compile(function: Callable[..., Any]) -> bool:
    """Whether the first call of a compiled function will take the seconds that compiling takes: nothing is kept of it,
    or only what an older version of its module left."""
    source = Path(function.__code__.co_filename)
    kept = Path(os.environ["NUMBA_CACHE_DIR"]).rglob(f"{source.stem}.{function.__name__}-*.nbi")
    return not any(index.stat().st_mtime >= source.stat().st_mtime for index in kept)
