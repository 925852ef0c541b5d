"""A study: tries settings in trials, one after another in this process, and keeps the best of them as a preset.

It goes by validation rows; no trial's model is judged on the test rows.
"""

import time
from collections.abc import Callable, Sequence

from mftui.core.errors import MftuiError, RunError
from mftui.core.runs import events, presets, study
from mftui.core.runs.directory import Run
from mftui.core.runs.history import History, told_by
from mftui.core.runs.ranges import Value
from mftui.core.runs.search import Search
from mftui.core.training.parts import OFTEN, PartStop, failure_of, train_part
from mftui.core.training.process import DONE, Process
from mftui.core.training.stopping import StopRequest
from mftui.core.tuning.importance import importance
from mftui.core.tuning.sampler import Sampler, Tried

_EVERY = 10
"""Trials after which it is worked out anew what mattered."""
_KEPT = 10
"""Of how many trials, the best, the models are kept: a search may make thousands, which would fill a disk."""


class Study(Process):
    """One process's work on a study, whose lock it holds; each trial's lock is held while it trains."""

    def __init__(self, run: Run, search: Search) -> None:
        super().__init__(run, StopRequest(run))
        self._search = search
        self._config = run.record().config
        self._sampler = Sampler(search, self._config.seed, self._config.epochs)
        self._trials: list[events.Trial] = []
        self._tried: list[Tried] = []
        self._ends: float | None = None
        self._spoke = 0.0
        self._with_model: set[int] = set()

    def _train(self) -> int:
        history = told_by(self.run)
        spent = study.spent(self.run, history)
        if self._search.seconds is not None:
            self._ends = time.time() + self._search.seconds - spent
        self.journal.write(events.Searching, spent=spent, ends=self._ends)
        for trial in history.trials:
            self._learn(trial)
        self._tidy()
        while (reason := self._why_over()) is None:
            self._tell_how_far(0)
            if not self._try():
                self._tell_what_mattered()
                return self._say_stopped()
            if len(self._trials) % _EVERY == 0:
                self._tell_what_mattered()
        self._tell_what_mattered()
        self._keep_best()
        self.stop.honour()
        self.journal.write(events.Finished, epoch=self.epoch, reason=reason)
        return DONE

    def _why_over(self) -> str | None:
        """Why there are no more trials; None while there are."""
        if len(self._trials) == self._search.trials:
            return f"all {study.counted(len(self._trials))}"
        if self._is_late() and not self._next().path.exists():
            return f"the time is up after {study.counted(len(self._trials))}"
        return None

    def _is_late(self) -> bool:
        return self._ends is not None and time.time() >= self._ends

    def _next(self) -> Run:
        return self.run.part(events.trial_name(len(self._trials) + 1))

    def _try(self) -> bool:
        """Train with the next settings, or go on with them; False where somebody asked for a stop."""
        own = self._next()
        if (own.path / "run.json").exists():
            settings = study.searched(own.record().config, self._search)
        elif self._trials:
            settings = self._sampler.propose(len(self._trials) + 1)
        else:
            settings = study.searched(self._config, self._search)
        stop = _TrialStop(own, self.stop, lambda epochs: self._ending(settings, epochs))
        history = told_by(own)
        if self._was_killed_again(history):
            return self._give_up(settings, history)
        if not (isinstance(history.closing, events.Stopped) and stop.looks(history)):
            history = train_part(self.run, own, self._config.with_changes(settings), stop, tested=False)
        match history.closing:
            case events.Finished():
                self._take(settings, "done", history)
            case events.Stopped() if stop.ending:
                self._take(settings, stop.ending, history)
            case events.Stopped():
                return False
            case events.Failed() if _has_diverged(history):
                self._take(settings, "failed", history)
            case events.Failed(out_of_memory=True, message=message) if self._trials:
                self._warn(f"{own.name}: {message}")
                self._take(settings, "failed", history)
            case _:
                raise failure_of(self.run, history)
        return True

    def _was_killed_again(self, trial: History) -> bool:
        """Whether its process ended without a word and, when it was tried again, once more and no later.

        So the kernel ends one for which memory does not suffice, and would again at every resume.
        """
        if trial.last_time is None or trial.closing is not None:
            return False
        number, before = len(self._trials) + 1, told_by(self.run).retried
        if before is not None and before.trial == number and len(trial.epochs) <= before.epochs:
            return True
        self.journal.write(events.Retried, trial=number, epochs=len(trial.epochs))
        return False

    def _give_up(self, settings: dict[str, Value], history: History) -> bool:
        words = f"{history.run.name} ended twice without a word, as it would where memory does not suffice"
        if not self._trials:
            raise RunError(f"{words}.", "Try fewer factors.")
        self._warn(f"{words}: it is given up.")
        self._take(settings, "failed", history)
        return True

    def _ending(self, settings: dict[str, Value], epochs: Sequence[events.Epoch]) -> str:
        """How a trial that came so far ends; empty where it goes on. It is asked after each epoch."""
        self._tell_how_far(len(epochs))
        if self._is_late():
            return "out of time"
        is_hopeless = self._sampler.is_hopeless(settings, self._figures(epochs))
        return "pruned" if is_hopeless and len(epochs) < self._config.epochs else ""

    def _figures(self, epochs: Sequence[events.Epoch]) -> list[float]:
        return [figure for epoch in epochs if (figure := self._search.figure_of(epoch)) is not None]

    def _take(self, settings: dict[str, Value], ending: str, history: History) -> None:
        """Write how a trial ended, and learn from it."""
        epochs: Sequence[events.Epoch] = history.epochs
        if ending == "out of time" and isinstance(history.closing, events.Stopped):
            # Of what a process told that was killed before it saved its state there is no model, and no time for one.
            epochs = [epoch for epoch in epochs if epoch.epoch <= history.closing.epoch]
        # Where no epoch is called the best, the solver keeps its last model whatever is watched.
        kept = next((epoch for epoch in reversed(epochs) if epoch.best), epochs[-1] if epochs else None)
        figure = self._search.figure_of(kept) if kept else None
        trial = self.journal.write(
            events.Trial,
            trial=len(self._trials) + 1,
            settings=settings,
            ending=ending,
            metric=self._search.metric,
            figure=figure,
            best_epoch=kept.epoch if kept and figure is not None else 0,
            epoch=len(epochs),
            seconds=sum(epoch.seconds for epoch in epochs),
        )
        self._learn(trial)
        self._tidy()

    def _tidy(self) -> None:
        """Drop the models that are no longer among the best, and the states that no run needs to go on from.

        A trial that was given up begins anew where it is resumed, and comes to the same.
        """
        best = [trial for trial in study.best_first(self._trials, self._search)[:_KEPT] if trial.ending != "failed"]
        kept = {trial.trial for trial in best}
        for number in self._with_model - kept:
            own = self.run.part(events.trial_name(number))
            for file in (own.model, own.posterior, own.checkpoint):
                file.unlink(missing_ok=True)
        for trial in best:
            if trial.ending == "done":
                self.run.part(trial.name).checkpoint.unlink(missing_ok=True)
        self._with_model = kept

    def _learn(self, trial: events.Trial) -> None:
        epochs = told_by(self.run.part(trial.name)).epochs[: trial.epoch]
        tried = Tried(trial.settings, trial.ending, trial.figure, self._figures(epochs))
        self._sampler.add(tried)
        self._trials.append(trial)
        self._with_model.add(trial.trial)
        self._tried.append(tried)
        self.epoch = len(self._trials)

    def _tell_how_far(self, epoch: int) -> None:
        """Say so, and not too often while a trial trains."""
        if epoch and time.monotonic() < self._spoke + OFTEN:
            return
        self._spoke = time.monotonic()
        shares = [0.0]
        words = f"trial {len(self._trials) + 1}"
        if self._search.trials is not None:
            words += f" of {self._search.trials}"
            shares.append(len(self._trials) / self._search.trials)
        if self._ends is not None and self._search.seconds:
            shares.append(1 - (self._ends - time.time()) / self._search.seconds)
        words += f", epoch {epoch} of {self._config.epochs}" if epoch else ""
        if (best := study.best_of(self._trials, self._search)) is not None:
            words += f", best {self._search.metric} {best.figure:.4f} in trial {best.trial}"
        if not epoch:
            self.stop.check()
        self.journal.write(events.Progress, doing=words, fraction=min(1.0, max(shares)))

    def _tell_what_mattered(self) -> None:
        if found := importance(self._search, self._tried):
            shares, best, trials = found
            self.journal.write(events.Mattered, importance=shares, best=best, trials=trials)

    def _keep_best(self) -> None:
        """Make a preset of the best trial's settings, unless it is one, or the first, which has the preset's own."""
        best = study.best_of(self._trials, self._search)
        if best is None:
            return self._warn("No trial came to a figure: the search needs more time.")
        if best.trial == 1:
            return self._warn(f"No trial was better than the preset {self._config.preset} itself.")
        if (found := told_by(self.run).found) and found.trial == best.trial:
            return None
        name = presets.free_name(self._search.preset)
        try:
            study.keep(best, self.run, name)
        except MftuiError as error:
            return self._warn(str(error))
        self.journal.write(events.Found, trial=best.trial, preset=name)
        return None


class _TrialStop(PartStop):
    """A trial also ends where what it has told says so, the same where it is read again after an interruption."""

    def __init__(self, trial: Run, whole: StopRequest, decide: Callable[[Sequence[events.Epoch]], str]) -> None:
        super().__init__(trial, whole)
        self.ending = ""
        """How the trial was ended, other than by somebody's wish."""
        self._decide = decide
        self._history = History(trial)

    def is_asked(self) -> bool:
        """Whether to stop."""
        return super().is_asked() or (self._history.poll() and self.looks(self._history))

    def looks(self, history: History) -> bool:
        """Whether the trial is to end, having told so much."""
        self.ending = self._decide(history.epochs)
        return bool(self.ending)


def _has_diverged(history: History) -> bool:
    """Whether a trial failed for its settings: its loss was no number in the end."""
    if not history.epochs:
        return False
    last = history.epochs[-1]
    return last.train_mse is None or (last.held_out is not None and last.held_out_mse is None)
