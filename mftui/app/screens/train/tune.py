"""The dialog that asks how to search a preset's settings for better ones, before the search begins."""

from dataclasses import asdict, dataclass, replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from mftui.app.plan import Plan
from mftui.app.screens.dialog import Dialog
from mftui.app.widgets.run_panel import in_full
from mftui.app.widgets.settings_form import Field, SettingsForm
from mftui.core.errors import SettingError
from mftui.core.runs import planning
from mftui.core.runs.config import Config
from mftui.core.runs.search import METRICS, Search

_MEANING = {
    "budget": ("how long to search, as 90s, 20m or 1h30m; empty for as long as the trials take", "a length of time"),
    "trials": ("how many trials to make at most; empty for as many as the time allows", "a whole number from 2"),
    "metric": ("what to go by, on validation rows: the test rows are never looked at", "one of its choices"),
    "name": ("what the best settings will be called, as a preset of your own", "a name that no preset has"),
}


@dataclass(frozen=True)
class _Wish:
    budget: str = "10m"
    trials: str = ""
    metric: str = ""
    name: str = ""


class Tune(Dialog[tuple[Config, Search] | None]):
    """Its result is what the study is told; None where the person went back."""

    CSS_PATH = "tune.tcss"
    HELP = (
        "A search tries other settings than the preset's, and judges each by validation rows; it ends after so "
        "much time or so many trials."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "start", "Start"),
    ]

    def __init__(self, plan: Plan) -> None:
        """Search from a plan: what it changes of its preset stays as it is.

        Raises:
            SettingError: nothing is left to search, or the plan has no validation rows to go by.
        """
        super().__init__()
        self._plan, self._wish = plan, _Wish()
        self._asked = self._planned(self._wish)
        self._form = SettingsForm(self._accept)

    def compose(self) -> ComposeResult:
        """How long and by what, what is searched, and the command line that does the same."""
        with Vertical(id="tune", classes="dialog") as box:
            box.border_title = Content(f"Tune {self._plan.base.config.preset}")
            box.border_subtitle = "s starts · ⏎ edits · esc goes back"
            yield self._form
            yield Static(id="searched")
            yield Static(id="command")

    def on_mount(self) -> None:
        """Show what it would do."""
        self.query_one(OptionList).focus()
        self._draw()

    def action_start(self) -> None:
        """Search so."""
        self.dismiss(self._asked)

    def _planned(self, wish: _Wish) -> tuple[Config, Search]:
        changes = {"data": self._plan.data, "columns": self._plan.columns, **self._plan.changes}
        try:
            trials = int(wish.trials) if wish.trials else None
        except ValueError as error:
            raise SettingError(
                "trials", f"trials can't be {wish.trials}.", "It takes a whole number from 2."
            ) from error
        return planning.plan(
            self._plan.base.config.preset,
            changes,
            metric=wish.metric,
            trials=trials,
            budget=wish.budget,
            name=wish.name,
        )

    def _accept(self, key: str, text: str | None) -> None:
        wish = replace(self._wish, **{key: asdict(_Wish())[key] if text is None else text})
        self._asked = self._planned(wish)
        self._wish = wish
        self._draw()

    def _draw(self) -> None:
        config, search = self._asked
        shown = asdict(self._wish) | {"metric": search.metric, "name": search.preset}
        fields = [
            Field(key, shown[key], *_MEANING[key], METRICS if key == "metric" else (), value != asdict(_Wish())[key])
            for key, value in asdict(self._wish).items()
        ]
        self._form.show(fields)
        ranges = "\n".join(f"  {key:<20} {found}" for key, found in search.ranges.items())
        self.query_one("#searched", Static).update(
            Content.assemble(("Searched", "bold"), f", but for what the form has changed:\n{ranges}")
        )
        self.query_one("#command", Static).update(Content(in_full(planning.command(config, search))))
