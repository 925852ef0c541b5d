"""What the Runs screen says below its list: all about one run, or several side by side."""

import time
from collections.abc import Mapping

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mftui.app import comparison, wording
from mftui.app.comparison import Line
from mftui.app.run_list import RunRow
from mftui.app.widgets.rows import fit
from mftui.core.runs import study
from mftui.core.runs.history import State
from mftui.core.text import clean, moment

_LABEL = 10
"""Cells of a label beside a text."""
_WIDEST = 22
"""Cells of a column where there is room, unless a name needs more."""


class RunPanel(VerticalScroll):
    """Draws for its width; it scrolls where there is more than fits."""

    DEFAULT_CSS = """
    RunPanel { scrollbar-gutter: stable; }
    RunPanel > Static { height: auto; }
    """

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        """Show nothing yet."""
        super().__init__(id=id, classes=classes)
        self._text = Static()
        self._height = 0
        self._one: RunRow | None = None
        self._several: Mapping[str, RunRow] = {}

    def compose(self) -> tuple[Static]:
        """One text."""
        return (self._text,)

    def show_one(self, row: RunRow | None) -> None:
        """Say all about a run."""
        self._one, self._several = row, {}
        self.border_title = Content(clean(row.run.name)) if row else ""
        self._draw()

    def show_several(self, rows: Mapping[str, RunRow]) -> None:
        """Put runs side by side, each under its letter."""
        self._one, self._several = None, rows
        self.border_title = "Compared"
        self._draw()

    def on_resize(self) -> None:
        """Fit what is said to the new width."""
        self._draw()

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if width > 3 * _LABEL:
            lines = self._columns(width) if self._several else _beside(_about(self._one), width) if self._one else []
            # A new layout repaints the whole screen, which a slow link feels.
            self._text.update(Content("\n").join(lines), layout=len(lines) != self._height)
            self._height = len(lines)

    def _columns(self, room: int) -> list[Content]:
        rows = list(self._several.values())
        figures, differences = comparison.figures(rows), comparison.differences(rows)
        label = max(len(line.label) for line in (*figures, *differences)) + 1
        most = (room - label) // len(rows) - 1
        names = _names(self._several, most)
        width = min(max(_WIDEST, *map(cell_len, names)), most)
        lines = [Content.styled(" " * label + "".join(f" {fit(name, width)}" for name in names), "bold")]
        lines += [_cells(line, label, width) for line in figures]
        if caution := comparison.caution(rows):
            lines.append(Content.styled(f"! {caution}", "$text-warning"))
        elif hint := comparison.hint(rows):
            lines.append(Content.styled(hint, "$foreground 60%"))
        if differences:
            lines += [_cells(line, label, width) for line in differences]
        else:
            lines.append(Content.styled("Their settings are the same.", "$foreground 60%"))
        return lines


def _names(rows: Mapping[str, RunRow], room: int) -> list[str]:
    """What the runs are called under their letters, where there is so much room for each."""
    presets = [row.note.name or (row.record.config.preset if row.record else row.title) for row in rows.values()]
    for titles in ([row.long_title for row in rows.values()], [row.title for row in rows.values()], presets):
        names = [f"{letter} {clean(title)}" for letter, title in zip(rows, titles, strict=True)]
        if max(map(cell_len, names)) <= room and len(set(titles)) == len(titles):
            return names
    # A directory's name differs at its end.
    return [
        f"{letter} {clean(row.note.name) or fit(clean(row.title)[::-1], room - 2).rstrip()[::-1]}"
        for letter, row in rows.items()
    ]


def _beside(lines: list[tuple[str, Content]], room: int) -> list[Content]:
    """Labels, and beside each its text, wrapped."""
    made = []
    for label, text in lines:
        for number, part in enumerate(text.wrap(room - _LABEL)):
            made.append(Content.assemble((f"{'' if number else label:<{_LABEL}}", "$foreground 60%"), part))
    return made


def _cells(line: Line, label: int, width: int) -> Content:
    parts = [Content.styled(fit(line.label, label), "$foreground 60%")]
    for at, value in enumerate(line.values):
        is_best = at in line.best
        cell = fit(f"{clean(value)}{' ◂ best' if is_best and width > 13 else ' ◂' if is_best else ''}", width)
        parts.append(Content.styled(f" {cell}", "bold $text-success" if is_best else ""))
    return Content("").join(parts)


def _about(row: RunRow) -> list[tuple[str, Content]]:
    """Labels and texts."""
    lines = []
    if row.note.name or row.note.remark:
        name = Content.styled(clean(row.note.name), "bold")
        lines.append(("Note", Content("  ").join(part for part in (name, Content(clean(row.note.remark))) if part)))
    if row.trouble:
        lines.append(("Trouble", Content.styled(clean(row.trouble), "$text-error")))
    if waiting := wording.waiting(row.history):
        lines.append(("Waiting", Content(f"{waiting.removeprefix('waiting ')}, however it ends")))
    lines += _of_study(row) if row.search else [("Result", Content(_result(row)))]
    if row.record is not None and row.plan is not None:
        record, changes = row.record, clean(row.changes) or "as the preset has them"
        lines.append(("Settings", Content(f"{clean(record.config.preset)}: {changes}")))
        where = f"{moment(row.created)} on {clean(record.host)}, {clean(record.device or record.config.device)}"
        took = f", {row.epoch} epochs in {comparison.spent(row.seconds)}" if row.epoch else ""
        lines.append(("Trained", Content(where + took)))
        lines.append(("Repeat", Content(in_full(row.command))))
    return lines


def _of_study(row: RunRow) -> list[tuple[str, Content]]:
    """What came of its trials, the settings of the best, and what mattered."""
    search, record, trials = row.search, row.record, row.history.trials
    assert search is not None
    assert record is not None
    lines = []
    if row.state is State.RUNNING:
        lines.append(("Doing", Content(clean(wording.doing(row.history, row.state, time.time())))))
    lines.append(("Result", Content(study.outcome(trials, search, clean(record.config.preset)))))
    if (best := study.best_of(trials, search)) is not None:
        kept = f", kept as the preset {clean(found.preset)}" if (found := row.history.found) else ""
        lines.append(("Best", Content(f"{study.in_words(best.settings)}{kept}; t shows all trials")))
    if (mattered := row.history.mattered) is not None:
        shares = (f"{key} {share:.0%}" for key, share in mattered.importance.items())
        lines.append(("Mattered", Content(", ".join(shares))))
    ranges = (f"{key} ({found})" for key, found in search.ranges.items())
    lines.append(("Searched", Content(", ".join(ranges))))
    return lines


def _result(row: RunRow) -> str:
    if row.evaluation is None and row.state is State.FINISHED:
        return "not evaluated, although it is finished: a on Evaluate (3) does it"
    if row.evaluation is None:
        return "not evaluated: that is done when a run finishes"
    found = {"RMSE": row.rmse, "MAE": row.mae, "NDCG@10": row.ndcg}
    deviations = {name: f" ± {value:.4f}" for name, value in row.evaluation.deviations.items()}
    known = {name: wording.loss(value) for name, value in found.items() if value is not None}
    figures = ", ".join(f"{name} {value}{deviations.get(name.lower(), '')}" for name, value in known.items())
    protocol = row.evaluation.protocol
    return f"{figures} on {protocol.test_rows:,} test rows ({clean(protocol.split)}); {clean(protocol.model)}"


def in_full(command: str) -> str:
    """A command as text to show: made safe, and however long."""
    return " ".join(clean(word) for word in command.split(" "))
