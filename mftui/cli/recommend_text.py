"""How recommendations are written: as cells of a table, and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings
    from mftui.core.model import Factors
    from mftui.core.recommend import Recommendation


@dataclass(frozen=True)
class ChosenText:
    """Writes what a model would show."""

    factors: "Factors"
    ratings: "Ratings"

    def headings(self, chosen: "Sequence[Recommendation]") -> tuple[str, ...]:
        """Of `cells`."""
        predicted = "score" if self.factors.kind == "score" else "predicted rating"
        deviation = ("deviation",) if chosen and chosen[0].deviation is not None else ()
        return ("title", predicted, *deviation, "training ratings")

    def cells(self, one: "Recommendation") -> tuple[object, ...]:
        """A recommendation as a row."""
        deviation = () if one.deviation is None else (one.deviation,)
        trained = int(self.factors.item_counts[one.item])
        return (str(self.ratings.titles[one.item]), one.predicted, *deviation, trained)

    def reasons(self, one: "Recommendation") -> str:
        """The ratings that speak for it, and what each adds."""
        return "; ".join(f"{self.ratings.titles[reason.item]} +{reason.adds:.2f}" for reason in one.because)

    def movie(self, item: int) -> dict[str, object]:
        """A movie as JSON names it."""
        return {"item_id": str(self.ratings.item_ids[item]), "title": str(self.ratings.titles[item])}

    def entry(self, one: "Recommendation") -> Mapping[str, object]:
        """A recommendation as JSON has it."""
        return {
            **self.movie(one.item),
            "predicted": one.predicted,
            "predicted_by_ratings": one.by_ratings,
            "deviation": one.deviation,
            "spread": one.spread,
            "training_ratings": int(self.factors.item_counts[one.item]),
            "because": [{**self.movie(reason.item), "adds": reason.adds} for reason in one.because],
        }


def in_order(order: str) -> str:
    """How a list is ordered, where that is not by the prediction it shows."""
    return "; by the rating less one deviation of what the model doesn't know" if order == "cautious" else ""
