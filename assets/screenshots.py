"""Make the README's pictures anew: the app on a finished run of the notebook's preset, trained here if need be.

    python assets/screenshots.py

The run is made in a directory of its own, apart from yours; the dataset comes out of your cache, or is fetched.
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
_SCREENS = {"data": "1", "train": "2", "evaluate": "3", "clusters": "4"}


def train() -> None:
    """Train the notebook's model, headless, into the current data directory."""
    command = [sys.executable, "-m", "mftui", "train", "ml-100k", "--preset", "notebook"]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


async def take() -> None:
    """Go through the screens and save what they show as SVG."""
    from mftui.app.app import MftuiApp

    app = MftuiApp("ml-100k")
    async with app.run_test(size=_SIZE) as pilot:
        for name, key in _SCREENS.items():
            await pilot.press(key)
            await pilot.pause(_PATIENCE)
            (_HERE / f"{name}.svg").write_text(app.export_screenshot(title="mftui"))
            print(_HERE / f"{name}.svg")


def main() -> None:
    """Train, then take the pictures."""
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_THEME": "mftui-dark"}
    with tempfile.TemporaryDirectory() as directory:
        os.environ["MFTUI_DATA_DIR"] = directory
        train()
        asyncio.run(take())


if __name__ == "__main__":
    main()
