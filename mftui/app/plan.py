"""The plan of the next run: a preset and what was changed of it, as the form shows and changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from mftui.app.widgets.settings_form import Field
from mftui.core.errors import SettingError
from mftui.core.runs.config import Config, Setting
from mftui.core.runs.presets import PRESETS, preset

_CHOICES = {
    "split": ("random", *(f"fold:{n}" for n in range(1, 6)), "temporal", "leave-last-out"),
    "device": ("auto", "cpu", "cuda", "mps"),
}
"""What settings with an open form begin with; they take more than this."""

_ON_THE_DATA_SCREEN = ("data", "columns")


@dataclass(frozen=True)
class Plan:
    """A preset, the dataset, and the settings that differ; always valid."""

    data: str
    columns: str = ""
    preset: str = "notebook"
    changes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def like(cls, config: Config) -> Self:
        """The plan that repeats a run."""
        plan = cls(config.data, config.columns, config.preset if config.preset in PRESETS else "notebook")
        written = {s.key: as_text(s.value) for s in config.settings() if s.key not in _ON_THE_DATA_SCREEN}
        theirs = {s.key: as_text(s.value) for s in preset(plan.preset).settings()}
        return replace(plan, changes={key: text for key, text in written.items() if theirs.get(key) != text})

    @property
    def config(self) -> Config:
        """What the run will be told."""
        return preset(self.preset).with_changes({"data": self.data, "columns": self.columns, **self.changes})

    @property
    def command(self) -> str:
        """The command line that does the same."""
        return self.config.command(preset(self.preset))

    def changed(self, key: str, text: str | None) -> Self:
        """The plan with one setting changed, or with the preset's own value where the text is None.

        Another preset or solver takes its own values first: what was changed before is forgotten.

        Raises:
            SettingError: the value is not allowed.
        """
        if key == "preset":
            preset(text or "notebook")
            return replace(self, preset=text or "notebook", changes={})
        if key == "solver":
            kept = {k: v for k, v in self.changes.items() if k in Config.__struct_fields__ and k != "solver"}
            changes = kept if text in (None, preset(self.preset).solver_name) else {**kept, "solver": text or ""}
        else:
            changes = {k: v for k, v in self.changes.items() if k != key}
            if text is not None:
                value = preset(self.preset).with_changes({**changes, key: text}).values()[key]
                if as_text(value) != self._presets_values(changes).get(key):
                    changes[key] = as_text(value)
        plan = replace(self, changes=changes)
        if (plan.data, plan.columns) != (plan.config.data, plan.config.columns):
            raise SettingError("data", "The dataset is chosen on the Data screen.")
        return plan

    def fields(self) -> list[Field]:
        """The settings as the form shows them, the preset first."""
        head = Field("preset", self.preset, PRESETS[self.preset].summary, "", tuple(PRESETS))
        return [head, *(self._field(s) for s in self.config.settings() if s.key not in _ON_THE_DATA_SCREEN)]

    def _field(self, setting: Setting) -> Field:
        choices = ("yes", "no") if isinstance(setting.value, bool) else setting.choices or _CHOICES.get(setting.key, ())
        text = as_text(setting.value)
        return Field(setting.key, text, setting.description, setting.allowed, choices, setting.key in self.changes)

    def _presets_values(self, changes: Mapping[str, str]) -> dict[str, str]:
        """What the settings are where they were not changed, under the plan's own solver."""
        solver = {"solver": changes["solver"]} if "solver" in changes else {}
        return {s.key: as_text(s.value) for s in preset(self.preset).with_changes(solver).settings()}


def as_text(value: object) -> str:
    """A setting's value as a person writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
