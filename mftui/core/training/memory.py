"""Memory that does not suffice: how it shows, and which of a run's settings help."""

import contextlib

from mftui.core.errors import MftuiError
from mftui.core.runs.directory import Run

_WORDS = ("not enough memory", "out of memory", "ALLOC_FAILED")


def is_lacking(error: Exception) -> bool:
    """Whether memory ran out; a CPU, a Mac's GPU and CUDA's libraries say so in words only."""
    if isinstance(error, MemoryError):
        return True
    import torch

    return isinstance(error, torch.OutOfMemoryError) or any(words in str(error) for words in _WORDS)


def remedy(run: Run) -> str:
    """What to change."""
    with contextlib.suppress(MftuiError):
        if "batch_size" in run.record().config.values():
            return "Try a smaller batch_size, or fewer factors."
    return "Try fewer factors."
