"""What a fresh interpreter has loaded once the first screen stands: nothing that takes long to import."""

import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import asyncio, sys
from mftui.app.app import MftuiApp

async def main():
    async with MftuiApp({dataset!r}).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        for key in ("2", "1"):
            await pilot.press(key)
        print(pilot.app.summary.users)
        print(*sorted({{"torch", "sklearn", "pandas", "scipy", "numba", "typer"}} & set(sys.modules)))

asyncio.run(main())
"""


def test_the_first_screens_load_no_torch_scikit_learn_or_pandas(home: Path, ratings_folder: Path) -> None:
    from mftui.core.data import load

    load(str(ratings_folder))
    program = _PROGRAM.format(dataset=str(ratings_folder))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["60", ""]
