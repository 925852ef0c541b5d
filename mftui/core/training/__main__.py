"""`python -m mftui.core.training RUN`: train a run. `mftui.core.runs.launch` starts it."""

import sys
from pathlib import Path

from mftui.core.runs.directory import Run


def main() -> int:
    """Train the run that the command line names; returns the exit code.

    Behind it may stand the number of the open file that is its lock, where whoever started us took that.
    """
    if len(sys.argv) not in (2, 3):
        print("usage: python -m mftui.core.training RUN [LOCK]", file=sys.stderr)
        return 2
    # Reading the ratings and torch come only after the first word to whoever watches.
    from mftui.core.training.parts import train

    return train(Run(Path(sys.argv[1]).absolute()), *map(int, sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
