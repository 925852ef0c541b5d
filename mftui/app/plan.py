"""The plan of the next run: a preset and what was changed of it, as the form shows and changes it."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from mftui.app.widgets.settings_form import Field
from mftui.core.errors import MftuiError, SettingError
from mftui.core.runs import presets
from mftui.core.runs.config import Config, Setting, as_text
from mftui.core.runs.own_presets import Preset
from mftui.core.runs.presets import PRESETS

_CHOICES = {
    "split": ("random", *(f"fold:{n}" for n in range(1, 6)), "random-fold:1", "temporal", "leave-last-out"),
    "device": ("auto", "cpu", "cuda", "mps"),
}
"""What settings with an open form begin with; they take more than this."""

_ON_THE_DATA_SCREEN = ("data", "columns")
_OF_THE_TRAINING = ("epochs", "patience", "watch", "seed", "device", "threads")
"""What comes after the solver and its own settings, and before the rows that it learns from."""


@dataclass(frozen=True)
class Plan:
    """A preset, the dataset, and the settings that differ; always valid."""

    data: str
    columns: str = ""
    base: Preset = PRESETS["notebook"]
    """The preset, as it was when it was chosen."""
    changes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def like(cls, config: Config) -> Self:
        """The plan that repeats a run."""
        plan = cls(config.data, config.columns)
        with contextlib.suppress(MftuiError):  # the preset may be gone
            plan = replace(plan, base=presets.find(config.preset))
        written = {s.key: as_text(s.value) for s in config.settings() if s.key not in _ON_THE_DATA_SCREEN}
        theirs = {s.key: as_text(s.value) for s in plan.base.config.settings()}
        return replace(plan, changes={key: text for key, text in written.items() if theirs.get(key) != text})

    @property
    def config(self) -> Config:
        """What the run will be told."""
        return self.base.config.with_changes({"data": self.data, "columns": self.columns, **self.changes})

    @property
    def command(self) -> str:
        """The command line that does the same."""
        return self.config.command(self.base.config)

    def changed(self, key: str, text: str | None) -> Self:
        """The plan with one setting changed, or with the preset's own value where the text is None.

        Another preset or solver takes its own values first: what was changed before is forgotten.

        Raises:
            SettingError: the value is not allowed.
            RunError: the preset is a person's own, and damaged.
        """
        if key == "preset":
            return replace(self, base=presets.find(text or "notebook"), changes={})
        if key == "solver":
            kept = {k: v for k, v in self.changes.items() if k in Config.__struct_fields__ and k != "solver"}
            changes = kept if text in (None, self.base.config.solver_name) else {**kept, "solver": text or ""}
        else:
            changes = {k: v for k, v in self.changes.items() if k != key}
            if text is not None:
                value = self.base.config.with_changes({**changes, key: text}).values()[key]
                if as_text(value) != self._presets_values(changes).get(key):
                    changes[key] = as_text(value)
        plan = replace(self, changes=changes)
        if (plan.data, plan.columns) != (plan.config.data, plan.config.columns):
            raise SettingError("data", "The dataset is chosen on the Data screen.")
        return plan

    def fields(self) -> list[Field]:
        """The settings as the form shows them, the preset first."""
        about = {name: _summary(name) for name in presets.names()}
        name = self.base.config.preset
        head = Field("preset", name, about.get(name, self.base.summary), "", tuple(about), about=about)
        defaults = self._presets_values(self.changes)
        settings = sorted(self.config.settings(), key=_place)
        return [head, *(self._field(s, defaults[s.key]) for s in settings if s.key not in _ON_THE_DATA_SCREEN)]

    def _field(self, setting: Setting, default: str) -> Field:
        key, text = setting.key, as_text(setting.value)
        choices = ("yes", "no") if isinstance(setting.value, bool) else setting.choices or _CHOICES.get(key, ())
        return Field(key, text, setting.description, setting.allowed, choices, key in self.changes, default)

    def _presets_values(self, changes: Mapping[str, str]) -> dict[str, str]:
        """What the settings are where they were not changed, under the plan's own solver."""
        solver = {"solver": changes["solver"]} if "solver" in changes else {}
        return {s.key: as_text(s.value) for s in self.base.config.with_changes(solver).settings()}


def _place(setting: Setting) -> int:
    """What is changed most often stands first: how the factors are fitted, for how long, and then on which rows."""
    if setting.key in _OF_THE_TRAINING:
        return _OF_THE_TRAINING.index(setting.key) + 1
    return 100 if setting.key in Config.__struct_fields__ and setting.key != "solver" else 0


def _summary(name: str) -> str:
    """What a preset is for; why it can't be taken, where it is damaged."""
    try:
        found = presets.find(name)
    except MftuiError as error:
        return str(error)
    return found.summary if name in PRESETS else f"your own: {found.summary}"
