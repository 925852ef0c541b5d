"""What a run is doing: its curve, its figures and its log, read from its history as that grows."""

from textual.app import ComposeResult
from textual.containers import Vertical

from mftui.app import wording
from mftui.app.machine import Load
from mftui.app.widgets.chart import Chart
from mftui.app.widgets.figures import Figure, Figures
from mftui.app.widgets.log_view import LogView
from mftui.app.widgets.plot import Mark
from mftui.app.widgets.progress import Progress
from mftui.app.widgets.trace import Trace
from mftui.core.errors import RunError
from mftui.core.runs.events import Epoch, Failed, Finished, Stopped
from mftui.core.runs.history import History, State
from mftui.core.text import clean


class Monitor(Vertical):
    """Follows one history at a time, from its own cursor."""

    def __init__(self, id: str | None = None) -> None:
        """Follow nothing yet."""
        super().__init__(id=id)
        self.train, self.held_out = Trace("train"), Trace("held-out")
        self.chart = Chart(self.train, self.held_out, x_name="epoch", id="chart")
        self._forget(None)

    def compose(self) -> ComposeResult:
        """The chart, the figures with the bar, the log."""
        with Vertical(id="curve", classes="pane") as pane:
            pane.border_title = "Mean squared error"
            yield self.chart
        with Vertical(id="numbers"):
            yield Figures(id="figures")
            yield Progress(id="progress")
        with Vertical(id="log-pane", classes="pane") as pane:
            pane.border_title = "Log"
            yield LogView(id="log")

    def show(self, history: History | None, state: State | None, load: Load | None) -> None:
        """Draw what is new."""
        if history is not self._history or (history is not None and history.rewound != self._rewound):
            self._forget(history)
            self.query_one(LogView).clear()
        if history is None or state is None:
            self.query_one(Progress).show(None, "No run yet: s starts one with these settings.")
            self.query_one(Figures).show([])
            self.chart.draw()
            return
        new = history.epochs[self._read :]
        self._read += len(new)
        for epoch in new:
            self._take(epoch)
        lines = [*self._preparing(history), *((wording.step(epoch), "line") for epoch in new)]
        self.query_one(LogView).write(lines + self._happened(history, state))
        self.chart.draw()
        self.query_one("#curve").border_subtitle = self._verdict()
        self.query_one(Figures).show(self._figures(history, state, load))
        done = history.epochs[-1].epoch / history.epochs[-1].epochs if history.epochs else 0.0
        self.query_one(Progress).show(done, wording.doing(history, state))

    def _forget(self, history: History | None) -> None:
        self._history, self._rewound = history, history.rewound if history else 0
        self._read = 0
        self._best: Epoch | None = None
        self._told: set[str] = set()
        self._patience = 0
        self.train.clear()
        self.held_out.clear()
        self.chart.mark = self.chart.cursor = None
        if history is not None:
            try:
                config = history.run.record().config
            except RunError:
                return
            self._patience, self.chart.x_most = config.patience, config.epochs

    def _take(self, epoch: Epoch) -> None:
        self.train.append(epoch.epoch, epoch.train_mse)
        self.held_out.append(epoch.epoch, epoch.held_out_mse)
        self.held_out.name = wording.held_out_in_words(epoch.held_out)
        self.chart.x_most = epoch.epochs
        value = epoch.held_out_mse
        if value is not None and (self._best is None or value < (self._best.held_out_mse or value + 1)):
            self._best = epoch
            self.chart.mark = Mark(epoch.epoch, value, f"best {value:.4f} at {epoch.epoch}")

    def _verdict(self) -> str:
        """Whether the model overfits, in words."""
        best, last = self._best, self.held_out.last()
        if best is None or best.held_out_mse is None or last is None or best.epoch == self.held_out.xs[-1]:
            return ""
        rise = last / best.held_out_mse - 1
        if rise < 0.01:
            return ""
        which = "test" if best.held_out == "test" else "validation"
        return f"overfitting: since epoch {best.epoch} the {which} error has risen {rise:.0%}"

    def _figures(self, history: History, state: State, load: Load | None) -> list[Figure]:
        if not history.epochs:
            return []
        last, best = history.epochs[-1], self._best
        found = [
            Figure("epoch", f"{last.epoch}/{last.epochs}", "bold"),
            Figure("train", wording.loss(last.train_mse), "$primary"),
        ]
        if last.held_out is not None:
            found.append(Figure(last.held_out, wording.loss(last.held_out_mse), "$accent"))
        if best is not None:
            found.append(Figure("best", f"{wording.loss(best.held_out_mse)} at {best.epoch}", "$success"))
        if self._patience and best is not None:
            found.append(Figure("patience", f"{max(0, self._patience - last.epoch + best.epoch)} left"))
        found.append(Figure("ratings/s", wording.large(last.ratings_per_second)))
        if state is State.RUNNING and (left := wording.seconds_left(history)) is not None:
            found.append(Figure("left", wording.duration(left)))
        return found + (wording.load(load) if load is not None else [])

    def _preparing(self, history: History) -> list[tuple[str, str]]:
        """What the process does before its sweeps and what it found, where it was not told yet."""
        lines = []
        if history.progress is not None:
            lines.append((history.progress.doing, "quiet"))
        if (started := history.started) is not None:
            counts = (started.training_rows, started.validation_rows, started.test_rows)
            rows = "ratings: {:,} training, {:,} validation, {:,} test".format(*counts)
            lines.append((f"{rows} · {started.device} {clean(started.device_name)}".rstrip(), "quiet"))
        return self._untold(lines)

    def _happened(self, history: History, state: State) -> list[tuple[str, str]]:
        """What happened beside epochs and was not told yet."""
        lines = [(warning.message, "warning") for warning in history.warnings]
        match history.closing:
            case Finished(reason=reason):
                lines.append((f"Finished: {reason}", "good"))
            case Stopped(epoch=epoch):
                lines.append((f"Stopped after epoch {epoch}; r resumes", "warning"))
            case Failed(message=message, hint=hint):
                lines.append((f"{message} {hint}".strip(), "error"))
            case None if state is State.INTERRUPTED:
                lines += [(line, "error") for line in wording.last_words(history.run)]
                lines.append(("The training process is gone without a closing word; r resumes", "error"))
        return self._untold(lines)

    def _untold(self, lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
        fresh = [line for line in lines if line[0] not in self._told]
        self._told.update(text for text, _ in fresh)
        return fresh
