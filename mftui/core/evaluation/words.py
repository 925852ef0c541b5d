"""What the figures of an evaluation mean, in a sentence each; light, since the app says them too."""

from mftui.core.evaluation.report import Difference

BASELINES = {
    "global_mean": "the global mean",
    "item_mean": "each movie's mean",
    "bias": "the user and movie bias model",
    "majority": "always the commonest rating",
}
"""What the baselines of an `Evaluation` are called."""


def beside(difference: Difference, other: str) -> str:
    """How a model does beside another, and how sure that is: "Better than the global mean …"."""
    low, high = difference.interval
    if difference.rmse < 0:
        low, high = -high, -low
    word = "worse" if difference.rmse < 0 else "better"
    amount, sure = f"{abs(difference.rmse):.4f}", f"95% interval {low:.4f} to {high:.4f}"
    if difference.verdict == "no clear difference":
        return f"No clear difference from {other}: RMSE {amount} {word} ({sure})."
    return f"{word.capitalize()} than {other} by {amount} RMSE ({sure})."
