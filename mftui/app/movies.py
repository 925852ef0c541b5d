"""The movies of a dataset as the screens show them: made from the arrays in a thread, so NumPy loads only there."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mftui.app.compared import compared, space_of
from mftui.core.errors import MftuiError
from mftui.core.text import clean, fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mftui.core.data.ratings import Ratings, Scale
    from mftui.core.runs.directory import Run


@dataclass(frozen=True, eq=False)
class Movies:
    """What the table of movies holds, a list for each column, by the positions of the ratings."""

    ratings: "Ratings"
    titles: list[str]
    years: list[int]
    """0 where unknown."""
    counts: list[int]
    means: list[float]
    genres: list[str]
    search: list[str]
    """The titles, folded."""

    @classmethod
    def of(cls, ratings: "Ratings") -> "Movies":
        """Count and average the ratings of every movie."""
        import numpy as np

        counts = np.bincount(ratings.items, minlength=ratings.n_items)
        sums = np.bincount(ratings.items, weights=ratings.values, minlength=ratings.n_items)
        titles = [clean(str(title)) for title in ratings.titles.tolist()]
        years = ratings.item_info.get("year")
        genres = ratings.item_info.get("genres")
        return cls(
            ratings=ratings,
            titles=titles,
            years=[0] * len(titles) if years is None else [int(year) for year in years.tolist()],
            counts=counts.tolist(),
            means=(sums / np.maximum(counts, 1)).tolist(),
            genres=[""] * len(titles) if genres is None else [_list(text) for text in genres.tolist()],
            search=[fold(title) for title in titles],
        )

    def columns(self) -> list[list[str] | list[int] | list[float]]:
        """Title, year, ratings, mean, genres: as the table of movies has them."""
        return [self.titles, self.years, self.counts, self.means, self.genres]

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each movie is, by its id as text."""
        return {str(item): position for position, item in enumerate(self.ratings.item_ids.tolist())}

    def histogram(self, position: int) -> list[tuple[float, int]]:
        """How many ratings of each value a movie has, over the whole scale, lowest first."""
        return histogram_of(self.ratings.values[self.ratings.items == position], self.ratings.scale)


@dataclass(frozen=True)
class Neighbour:
    """A movie that the model finds like another."""

    position: int
    title: str
    similarity: float
    """The cosine of the two movies' points."""


@dataclass(frozen=True)
class Likeness:
    """What a run's model makes of a movie."""

    alike: list[Neighbour]
    """Nearest first."""
    heading: str
    """By what they are alike; or why there are none."""
    trained_on: int | None = None
    """How many of its ratings the model trained on; None where there is no model of these movies."""


def likeness(run: "Run | None", movies: Movies, position: int, n: int = 10) -> Likeness:
    """The movies nearest to one in the run's model, in the space of its clusters."""
    from mftui.core.clusters.space import Space

    if run is None:
        return Likeness([], "Train a model (2) to see which movies are most alike.")
    try:
        record = run.record()
        if record.dataset is not None and record.dataset.fingerprint != movies.ratings.fingerprint:
            return Likeness([], f"The current run learnt from other ratings: {record.dataset.name}.")
        factors = compared(run)
    except OSError:
        return Likeness([], "The current run has not saved a model yet.")
    except MftuiError as error:
        return Likeness([], str(error))
    if factors.n_items != len(movies.titles):
        return Likeness([], "The current run learnt from other ratings.")
    trained_on = int(factors.item_counts[position])
    if not trained_on:
        return Likeness([], "The model never trained on this movie: all its ratings are test rows.", 0)
    found, cosines = factors.similar(position, n)
    alike = [Neighbour(int(i), movies.titles[i], float(c)) for i, c in zip(found, cosines, strict=True)]
    return Likeness(alike, f"By {Space(space_of(run).kind)} of {run.name}", trained_on)


def histogram_of(values: "NDArray[np.float32]", scale: "Scale") -> list[tuple[float, int]]:
    """How many of these ratings there are of each value of the scale, lowest first; of each found on a fine scale."""
    import numpy as np

    lowest, highest, step = scale
    n_levels = round((highest - lowest) / step) + 1 if step > 0 else 0
    if not 2 <= n_levels <= 20:
        levels, found = np.unique(values, return_counts=True)
        return list(zip(levels.tolist(), found.tolist(), strict=True))
    bins = np.clip(np.rint((values - lowest) / step).astype(np.int64), 0, n_levels - 1)
    found = np.bincount(bins, minlength=n_levels)
    return [(lowest + step * level, int(count)) for level, count in enumerate(found)]


def _list(genres: str) -> str:
    return clean(", ".join(part for part in str(genres).split("|") if part))
