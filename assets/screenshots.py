"""Make the README's pictures anew: the app on runs of the presets `notebook` and `best`, trained here.

    python assets/screenshots.py

The runs are made in a directory of their own, apart from yours; the dataset comes out of your cache, or is fetched.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).parent
_SIZE = (120, 36)
_PATIENCE = 2.0
"""Seconds for a screen to read what it shows."""
_OF_THE_NOTEBOOK = {"data": ["1"], "train": ["2"]}
_RATED = [key for title, rating in (("star wars", "5"), ("blade runner", "4"), ("titanic (1997)", "2"))
          for key in ("slash", *title, "enter", "pause", rating, "enter", "pause")]  # fmt: skip
_OF_THE_BEST = {"evaluate": ["3"], "clusters": ["4"], "recommend": ["5", "pause", *_RATED]}


def train(preset: str) -> None:
    """Train a preset's model, headless, into the current data directory."""
    command = [sys.executable, "-m", "mftui", "train", "ml-100k", "--preset", preset]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


async def take(screens: dict[str, list[str]]) -> None:
    """Press each screen's keys and save what it shows then as SVG; `pause` among the keys waits."""
    from mftui.app.app import MftuiApp

    app = MftuiApp("ml-100k")
    async with app.run_test(size=_SIZE) as pilot:
        for name, keys in screens.items():
            for key in (*keys, "pause"):
                await (pilot.pause(_PATIENCE) if key == "pause" else pilot.press(key))
            (_HERE / f"{name}.svg").write_text(app.export_screenshot(title="mftui"))
            print(_HERE / f"{name}.svg")


def main() -> None:
    """Train, then take the pictures."""
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_THEME": "mftui-dark"}
    with tempfile.TemporaryDirectory() as directory:
        os.environ["MFTUI_DATA_DIR"] = directory
        for preset, screens in (("notebook", _OF_THE_NOTEBOOK), ("best", _OF_THE_BEST)):
            train(preset)
            asyncio.run(take(screens))


if __name__ == "__main__":
    main()
