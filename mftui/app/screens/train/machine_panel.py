"""What the current run costs the machine: a line for each figure, with what it was in the last two minutes."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static

from mftui.app import wording
from mftui.app.machine import Load
from mftui.app.screens.train.sparkline import sparkline
from mftui.app.widgets.braille import dots_of_terminal

_LABEL, _VALUE = 8, 8


@dataclass(frozen=True)
class _Row:
    label: str
    value: str
    history: list[float | None]
    top: float | None


class MachinePanel(Static):
    """Draws for its width; figures that nobody knows are left out."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        """Show nothing yet."""
        super().__init__(id=id, classes=classes)
        self._loads: Sequence[Load] = ()
        self._dots = dots_of_terminal()

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self._draw()

    def show(self, loads: Sequence[Load]) -> None:
        """Show these looks, the newest at the end."""
        if loads != self._loads:
            self._loads = loads
            self._draw()

    def _draw(self) -> None:
        if not self._loads:
            self.update(Content.styled("Shown while a run is going on this machine.", "$foreground 60%"), layout=False)
            return
        room = max(self.content_size.width - _LABEL - _VALUE - 1, 4)
        lines = [
            Content.assemble(
                (f"{row.label:<{_LABEL}}", "$foreground 60%"),
                f"{row.value:>{_VALUE}} ",
                (sparkline(row.history, room, self._dots, row.top), "$primary"),
            )
            for row in _rows(self._loads)
        ]
        self.update(Content("\n").join(lines), layout=False)


def _rows(loads: Sequence[Load]) -> list[_Row]:
    now = loads[-1]
    found: list[tuple[str, float | None, str, list[float | None], float | None]] = [
        ("gpu", now.gpu_percent, "{:.0f} %", [load.gpu_percent for load in loads], 100.0),
        ("gpu mem", now.gpu_memory_bytes, "", [load.gpu_memory_bytes for load in loads], now.gpu_memory_limit),
        ("temp", now.gpu_celsius, "{:.0f} °C", [load.gpu_celsius for load in loads], 100.0),
        ("power", now.gpu_watts, "{:.0f} W", [load.gpu_watts for load in loads], now.gpu_watts_limit),
        ("cpu", now.cpu_percent, "{:.0f} %", [load.cpu_percent for load in loads], now.cpu_limit),
        ("memory", now.memory_bytes, "", [load.memory_bytes for load in loads], now.memory_limit),
    ]
    return [
        _Row(label, form.format(value) if form else wording.size(int(value)), history, top)
        for label, value, form, history, top in found
        if value is not None
    ]
