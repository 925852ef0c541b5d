"""What the tests of the Runs screen share: five runs to list, and what a person sees of them."""

from collections.abc import Callable

import msgspec
from textual.pilot import Pilot
from textual.widgets import Static

from mftui.app.screens.runs.screen import RunsScreen
from mftui.app.widgets.footer import Footer
from mftui.app.widgets.run_panel import RunPanel
from mftui.app.widgets.table import Table
from mftui.core.evaluation.report import write
from mftui.core.runs.directory import Note, Record, Run
from mftui.core.runs.events import Failed, Stopped
from tests.app.conftest import NOW, ScriptedRun
from tests.app.test_run_list import judged
from tests.app.waiting import until

Scripted = Callable[..., ScriptedRun]
Alive = Callable[[ScriptedRun], None]


def five(scripted: Scripted, alive: Alive) -> dict[str, ScriptedRun]:
    """A good run with a name and other settings, a worse one, one that was stopped, one failed, and one going."""
    made = {
        "good": scripted("ml-100k-notebook-20261124-0312", seed=3, n_factors=16).begin().epochs(1, 128).finish(),
        "worse": scripted("ml-100k-notebook-20261124-0318").begin().epochs(1, 128).finish(),
        "stopped": scripted("ml-100k-notebook-20261124-0320", epochs=500, split="fold:1").begin().epochs(1, 40),
        "failed": scripted("ml-100k-notebook-20261124-0330", learning_rate=10).begin(),
        "going": scripted("ml-100k-notebook-20261124-0331").begin().epochs(1, 12),
    }
    for at, run in enumerate(made.values()):
        run.run.write_record(created_at(run.run, NOW - 7200 + 1200 * at))
    write(made["good"].run.path, judged(0.8712, 0.25))
    write(made["worse"].run.path, judged(0.9523, 0.31))
    made["good"].run.write_note(Note("16 factors", "the one to keep"))
    made["stopped"].tell(Stopped(time=NOW, epoch=40))
    made["failed"].tell(Failed(time=NOW, message="The loss is not a number.", hint="Lower the learning rate."))
    alive(made["going"])
    return made


def created_at(run: Run, created: float) -> Record:
    return msgspec.structs.replace(run.record(), created=created)


def table(pilot: Pilot[None]) -> Table:
    return pilot.app.screen.query_one("#runs", Table)


def rows(pilot: Pilot[None]) -> list[str]:
    return [table(pilot).render_line(y).text[2:].rstrip() for y in range(1, table(pilot).row_count + 1)]


def names(pilot: Pilot[None]) -> list[str]:
    return [row[3:].split("  ")[0] for row in rows(pilot)]


def panel(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(RunPanel).query_one(Static).content)


def footer(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(Footer).content)


def told(pilot: Pilot[None]) -> list[str]:
    return [notification.message for notification in pilot.app._notifications]


async def opened(pilot: Pilot[None], n_runs: int = 5) -> None:
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen) and table(pilot).row_count == n_runs)


async def at(pilot: Pilot[None], name: str) -> None:
    """Put the cursor on a run."""
    await pilot.press("g")
    for _ in range(names(pilot).index(name)):
        await pilot.press("j")
    await pilot.pause()
