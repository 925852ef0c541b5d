"""What the figures of an evaluation mean, in a sentence each; light, since the app says them too."""

from collections.abc import Mapping

from mftui.core.evaluation.report import Difference, Protocol

MAIN_LENGTH = 10
"""Of the lists that figures are told of first."""

BASELINES = {
    "global_mean": "the global mean",
    "item_mean": "each movie's mean",
    "bias": "the user and movie bias model",
    "majority": "always the commonest rating",
}
"""What the baselines of an `Evaluation` are called."""


RANKERS = {"random": "a random order", "most_popular": "the most popular", "ease": "EASE (a shallow autoencoder)"}
"""What the rankings that a model must beat are called."""


def beside(difference: Difference, other: str) -> str:
    """How a model does beside another, and how sure that is: "Better than the global mean by 0.2093 RMSE …"."""
    low, high = difference.interval
    if difference.by < 0:
        low, high = -high, -low
    word = "worse" if difference.by < 0 else "better"
    metric, amount = difference.metric.upper(), f"{abs(difference.by):.4f}"
    sure = f"95% interval {low:.4f} to {high:.4f}"
    if difference.verdict == "no clear difference":
        return f"No clear difference from {other}: {metric} {amount} {word} ({sure})."
    return f"{word.capitalize()} than {other} by {amount} {metric} ({sure})."


def lengths_of(ranking: Mapping[str, float]) -> tuple[list[str], list[int], int]:
    """What the figures of a ranking, at least one, are of: the metrics, the lengths of lists, and the length to tell
    first."""
    metrics = list(dict.fromkeys(name.partition("@")[0] for name in ranking))
    lengths = sorted({int(name.partition("@")[2]) for name in ranking})
    return metrics, lengths, MAIN_LENGTH if MAIN_LENGTH in lengths else lengths[0]


def whose_rows(protocol: Protocol) -> str:
    """Whose rows the test rows are: "20,000 test rows of 459 of the 943 users, 38% of what these rated".

    Of several evaluations: "100,000 test rows, in each part 38% of what its test users rated".
    """
    rows = f"{protocol.test_rows:,} test rows"
    if protocol.held_out_share is None:
        return rows
    if not protocol.test_users:
        return f"{rows}, in each part {protocol.held_out_share:.0%} of what its test users rated"
    users = f"{protocol.test_users:,} of the {protocol.users:,} users"
    return f"{rows} of {users}, {protocol.held_out_share:.0%} of what these rated"
