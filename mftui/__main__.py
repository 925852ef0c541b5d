"""The `mftui` command: with no arguments straight to the app, else the command line."""

import sys


def main() -> None:
    """Run the app or the command line; neither pays for the other's imports."""
    if len(sys.argv) == 1:
        from mftui.app import run

        sys.exit(run())
    from mftui.cli.main import main as command_line

    command_line()


if __name__ == "__main__":
    main()
