"""The `mftui` command: with no arguments straight to the app, else the command line."""

import os
import sys


def main() -> None:
    """Run the app or the command line; neither pays for the other's imports.

    A shell that completes a command line asks without arguments, by a variable.
    """
    if len(sys.argv) == 1 and "_MFTUI_COMPLETE" not in os.environ:
        from mftui.app import run

        sys.exit(run())
    from mftui.cli.main import main as command_line

    command_line()


if __name__ == "__main__":
    main()
