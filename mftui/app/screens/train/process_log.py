"""What the training process of a run wrote to stdout and stderr: the end of it."""

from mftui.core.runs.directory import Run

_BYTES = 32_000


def tail(run: Run) -> list[str]:
    """The last lines that aren't empty, of however long a log; none where there is no log."""
    try:
        with run.log.open("rb") as file:
            file.seek(max(0, run.log.stat().st_size - _BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return []
    # A progress bar returns to the beginning of its line: what it said last counts.
    lines = (line.rstrip("\r").rpartition("\r")[2].rstrip() for line in text.split("\n"))
    return [line for line in lines if line]
