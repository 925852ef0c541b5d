"""What is copied, as the bytes that a terminal gets: OSC 52 with the text in base64, which ssh and tmux pass on."""

import re
from base64 import b64decode
from pathlib import Path

from mftui.core.data import load
from mftui.core.runs.directory import create
from mftui.core.runs.presets import preset
from tests.end_to_end.terminal import Terminal


def copied(terminal: Terminal) -> list[str]:
    """What the terminal was asked to put on its clipboard."""
    return [b64decode(text).decode() for text in re.findall(rb"\x1b\]52;c;([\w+/=]*)\x07", terminal.received)]


def test_the_command_line_of_the_settings_is_copied_whole_and_shown(home: Path, ratings_folder: Path) -> None:
    load(str(ratings_folder))
    with Terminal("open", str(ratings_folder)) as terminal:
        terminal.until("1 Data", "Users")
        terminal.press("2")
        terminal.until("Settings", "n_factors")
        terminal.press("jj\r")
        terminal.until("Accept")
        terminal.press("16\r")
        terminal.until("n_factors=16")
        assert copied(terminal) == []
        terminal.press("Y")
        terminal.until("Copied")
        assert copied(terminal) == [f"mftui train {ratings_folder} --preset notebook --set n_factors=16"]


def test_the_command_that_repeats_a_run_is_copied(home: Path, ratings_folder: Path) -> None:
    load(str(ratings_folder))
    create(preset("notebook").with_changes({"data": str(ratings_folder), "seed": 3}))
    with Terminal("open", str(ratings_folder)) as terminal:
        terminal.until("1 Data", "Users")
        terminal.press("6")
        terminal.until("Runs  1", "mftui train")
        terminal.press("y")
        terminal.until("Copied")
        assert copied(terminal) == [f"mftui train {ratings_folder} --preset notebook --set seed=3"]
