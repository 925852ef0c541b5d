"""What a run is doing: its curve, its figures and its log, read from its history as that grows."""

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from mftui.app import wording
from mftui.app.beside import Beside
from mftui.app.machine import Load
from mftui.app.run_list import RunRow
from mftui.app.screens.train.details import Details
from mftui.app.screens.train.study_curve import StudyCurve
from mftui.app.widgets.chart import Chart
from mftui.app.widgets.figures import Figure, Figures
from mftui.app.widgets.plot import Mark
from mftui.app.widgets.progress import Progress
from mftui.app.widgets.smoothing import Smoothing
from mftui.app.widgets.trace import Trace
from mftui.core.errors import RunError
from mftui.core.runs.events import Epoch
from mftui.core.runs.history import History, State


class Monitor(Vertical):
    """Follows one history at a time, from its own cursor."""

    def __init__(self, id: str | None = None) -> None:
        """Follow nothing yet."""
        super().__init__(id=id)
        self.train, self.held_out = Trace("train"), Trace("held-out")
        self.chart = Chart(self.train, self.held_out, x_name="epoch", id="chart")
        self._beside = Beside()
        self._forget(None)

    def compose(self) -> ComposeResult:
        """The chart, the figures with the bar, the details."""
        with Vertical(id="curve", classes="pane") as pane:
            pane.border_title = self._title
            yield self.chart
        with Vertical(id="numbers"):
            yield Figures(id="figures")
            yield Progress(id="progress")
        yield Details(id="details")

    def show(self, history: History | None, state: State | None, loads: Sequence[Load], now: float) -> None:
        """Draw what is new, at this Unix time."""
        if history is not self._history or (history is not None and history.rewound != self._rewound):
            self._forget(history)
            self._say_title()
            self.query_one(Details).follow(history)
        if history is None or state is None:
            self.query_one(Progress).show(None, "No run yet: s starts one with these settings.")
            self.query_one(Figures).show([])
            self.chart.draw()
            return
        if self._study is not None:
            self._study.take(history)
        for epoch in history.epochs.since(self._read):
            self._read += 1
            self._take(epoch)
        self.query_one(Details).show(state, loads)
        self.chart.draw()
        self._say_verdict()
        self.query_one(Figures).show(
            self._study.figures(history) if self._study is not None else self._figures(history, state, loads, now)
        )
        self.query_one(Progress).show(self._done(history), wording.doing(history, state, now))

    def _done(self, history: History) -> float:
        """The share of the epochs that are done, or of the parts, or of a search."""
        if self._study is not None:
            return self._study.done(history)
        if self._n_parts:
            told = history.progress.fraction if history.progress else None
            return told or len(history.parts) / self._n_parts
        return history.epochs[-1].epoch / history.epochs[-1].epochs if history.epochs else 0.0

    def show_beside(self, rows: Mapping[str, RunRow]) -> None:
        """Draw the curves of other runs, by letter; none takes them away."""
        self.chart.beside = self._beside.traces(rows)
        self.chart.draw()

    def change_scale(self) -> None:
        """Logarithmic or linear."""
        self.chart.log_scale = not self.chart.log_scale
        self._redraw()

    def change_smoothing(self) -> None:
        """The next kind."""
        self.chart.smoothing = self.chart.smoothing.next
        self._redraw()

    def zoom(self) -> None:
        """Show the last epochs, or all again."""
        self.chart.zoom()
        self._redraw()

    def _redraw(self) -> None:
        self._say_title()
        self.chart.draw()

    def _say_title(self) -> None:
        """What the curves are, and how they are drawn."""
        how = [f"from {self.chart.x_name} {self.chart.x_begin:,}"] if self.chart.x_begin > 1 else []
        how += ["log axis"] if self.chart.log_scale else []
        how += [self.chart.smoothing] if self.chart.smoothing is not Smoothing.NONE else []
        self.query_one("#curve").border_title = ", ".join([self._title, *how])

    def _forget(self, history: History | None) -> None:
        self._history, self._rewound = history, history.rewound if history else 0
        self._read = 0
        self._best: Epoch | None = None
        self._told: str | None = None
        """The verdict that stands below the curve; None where that is of another run."""
        self._patience = self._n_parts = 0
        self._title = "Mean squared error"
        self._study: StudyCurve | None = None
        self.train.clear()
        self.held_out.clear()
        self.train.name, self.held_out.name, self.chart.x_name = "train", "held-out", "epoch"
        self.chart.mark = self.chart.cursor = None
        self.chart.x_begin = 1
        if history is not None:
            try:
                record = history.run.record()
            except RunError:
                return
            config, self._n_parts = record.config, len(record.parts)
            if config.only_ranks:
                self._title = "Loss"
            self._patience, self.chart.x_most = config.patience, config.epochs
            if record.search is not None:
                self._study = StudyCurve(record.search, self.train, self.held_out, self.chart)
                self._title = self._study.title

    def _take(self, epoch: Epoch) -> None:
        self.train.append(epoch.epoch, epoch.train_mse)
        self.held_out.append(epoch.epoch, epoch.held_out_mse)
        self.held_out.name = wording.held_out_in_words(epoch.held_out)
        self.chart.x_most = epoch.epochs
        value = epoch.held_out_mse
        if self._is_best(epoch):
            self._best = epoch
            if value is not None:
                best = wording.watched(epoch)
                self.chart.mark = Mark(epoch.epoch, value, f"best {best} at {epoch.epoch}")

    def _is_best(self, epoch: Epoch) -> bool:
        """By the metric that chooses the model, or by the held-out loss, whichever rows that is of."""
        value = epoch.held_out_mse
        if epoch.watched is not None:
            return epoch.best
        return value is not None and (self._best is None or value < (self._best.held_out_mse or value + 1))

    def _say_verdict(self) -> None:
        """Below the curve; only news, since a new border repaints the whole pane."""
        if (verdict := self._verdict()) != self._told:
            self._told = self.query_one("#curve").border_subtitle = verdict

    def _verdict(self) -> str:
        """Whether the model overfits, in words."""
        best, last = self._best, self.held_out.last()
        if best is None or best.held_out_mse is None or last is None or best.epoch == self.held_out.xs[-1]:
            return ""
        if best.watched is not None:  # the loss may well be better later
            return ""
        rise = last / best.held_out_mse - 1
        if rise < 0.01:
            return ""
        which = "test" if best.held_out == "test" else "validation"
        return f"overfitting: since epoch {best.epoch} the {which} error has risen {rise:.0%}"

    def _figures(self, history: History, state: State, loads: Sequence[Load], now: float) -> list[Figure]:
        if not history.epochs:
            return []
        last, best = history.epochs[-1], self._best
        found = [
            Figure("epoch", f"{last.epoch}/{last.epochs}", "bold"),
            Figure("train", wording.loss(last.train_mse), "$primary"),
        ]
        if last.held_out is not None:
            found.append(Figure(last.held_out, wording.loss(last.held_out_mse), "$accent"))
        if last.watched is not None:
            found.append(Figure(last.watched, wording.loss(last.watched_value), "$accent"))
        if best is not None:
            found.append(Figure("best", f"{wording.watched(best)} at {best.epoch}", "$success"))
        if self._patience and best is not None:
            found.append(Figure("patience", f"{max(0, self._patience - last.epoch + best.epoch)} left"))
        found.append(Figure("ratings/s", wording.large(last.ratings_per_second)))
        found.append(Figure("s/epoch", f"{last.seconds:.3g}"))
        if state is State.RUNNING and (left := wording.seconds_left(history)) is not None:
            found.append(Figure("ends", wording.clock(left, now)))
        return found + (wording.load(loads[-1]) if loads else [])
