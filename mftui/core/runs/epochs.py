"""The epochs of a run, held as columns of numbers: a hundred bytes an epoch rather than four hundred."""

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar, overload

from mftui.core.runs.events import Epoch

Value = TypeVar("Value")


class Epochs(Sequence[Epoch]):
    """Append-only; an epoch is made anew, equal to the one that was appended, whenever it is asked for."""

    def __init__(self, epochs: Iterable[Epoch] = ()) -> None:
        self._whole = array("q")  # epoch, epochs
        self._figures = array("d")  # time, train_mse, held_out_mse, seconds, ratings_per_second, watched_value
        self._best = array("b")
        self._held_out: _Few[str | None] = _Few()
        self._watched: _Few[str | None] = _Few()
        self._names: _Few[tuple[str, ...]] = _Few()
        """What the solver's own figures are called."""
        self._own = array("d")
        self._own_ends = array("q", [0])
        for epoch in epochs:
            self.append(epoch)

    def append(self, epoch: Epoch) -> None:
        """Add the newest."""
        self._whole.extend((epoch.epoch, epoch.epochs))
        self._figures.extend(
            (
                epoch.time,
                _packed(epoch.train_mse),
                _packed(epoch.held_out_mse),
                epoch.seconds,
                epoch.ratings_per_second,
                _packed(epoch.watched_value),
            )
        )
        self._best.append(epoch.best)
        self._held_out.append(epoch.held_out)
        self._watched.append(epoch.watched)
        self._names.append(tuple(epoch.figures))
        self._own.extend(epoch.figures.values())
        self._own_ends.append(len(self._own))

    def __len__(self) -> int:
        return len(self._best)

    @overload
    def __getitem__(self, index: int) -> Epoch: ...
    @overload
    def __getitem__(self, index: slice) -> list[Epoch]: ...
    def __getitem__(self, index: int | slice) -> Epoch | list[Epoch]:
        places = range(len(self))[index]
        return self._at(places) if isinstance(places, int) else [self._at(place) for place in places]

    def since(self, place: int) -> Iterator[Epoch]:
        """Those from this place on, one at a time: a long run has many."""
        while place < len(self):
            yield self._at(place)
            place += 1

    def seconds(self) -> float:
        """How long the sweeps took together."""
        return sum(self._figures[3::6])

    def _at(self, place: int) -> Epoch:
        epoch, epochs = self._whole[2 * place : 2 * place + 2]
        time, train_mse, held_out_mse, seconds, ratings_per_second, watched_value = self._figures[
            6 * place : 6 * place + 6
        ]
        own = self._own[self._own_ends[place] : self._own_ends[place + 1]]
        return Epoch(
            time=time,
            epoch=epoch,
            epochs=epochs,
            train_mse=_unpacked(train_mse),
            held_out_mse=_unpacked(held_out_mse),
            held_out=self._held_out[place],
            seconds=seconds,
            ratings_per_second=ratings_per_second,
            best=bool(self._best[place]),
            watched=self._watched[place],
            watched_value=_unpacked(watched_value),
            figures=dict(zip(self._names[place], own, strict=True)),
        )


class _Few(Generic[Value]):
    """A column of values of which few differ."""

    def __init__(self) -> None:
        self._numbers: dict[Value, int] = {}
        self._values: list[Value] = []
        self._column = array("i")

    def append(self, value: Value) -> None:
        number = self._numbers.setdefault(value, len(self._values))
        if number == len(self._values):
            self._values.append(value)
        self._column.append(number)

    def __getitem__(self, place: int) -> Value:
        return self._values[self._column[place]]


def _packed(value: float | None) -> float:
    """None as NaN, which no event holds: JSON has no such number."""
    return math.nan if value is None else value


def _unpacked(value: float) -> float | None:
    return None if math.isnan(value) else value
