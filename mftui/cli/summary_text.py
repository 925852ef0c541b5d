"""A dataset's figures as `mftui data show` prints them for people."""

from mftui.cli.output import print_table, say
from mftui.core.data.spread import QUANTILES, Spread
from mftui.core.data.summary import Summary
from mftui.core.text import day

_MOST_GENRES = 10


def describe(summary: Summary) -> None:
    """Print the figures, a table for each kind."""
    print_table((summary.name, ""), _facts(summary))
    print()
    print_table(("rating", "how many"), [(f"{value:g}", count) for value, count in summary.histogram])
    print()
    quantiles = tuple(f"{q:.0%}" for q in QUANTILES)
    print_table(
        ("ratings per", "fewest", *quantiles, "most", "Gini", "top 1%", "top 10%"),
        [_spread(of, spread) for of, spread in (("user", summary.per_user), ("item", summary.per_item)) if spread],
    )
    print()
    print_table(("most rated", "ratings"), summary.most_rated)
    print()
    print_table(
        (f"best rated (with {summary.prior_weight:.0f} more ratings of {summary.mean:.2f})", "mean", "ratings"),
        [(title, f"{average:.2f}", count) for title, average, count in summary.best_rated],
    )
    if summary.genres:
        print()
        rows = [(genre, f"{share:.1%}", items) for genre, share, items in summary.genres[:_MOST_GENRES]]
        print_table(("genre", "of ratings", "items"), rows)
    for note in summary.notes:
        say(f"Note: {note}")


def _facts(summary: Summary) -> list[tuple[str, str]]:
    lowest, highest, step = summary.scale
    facts = [
        ("source", summary.source),
        ("users", f"{summary.users:,}"),
        ("items", f"{summary.items:,}"),
        ("ratings", f"{summary.ratings:,}"),
        ("matrix", f"{summary.cells:,} cells, {summary.filled:.2%} filled"),
        ("mean", f"{summary.mean:.4f} on {lowest:g} to {highest:g} in steps of {step:g}"),
    ]
    if summary.first is not None and summary.last is not None:
        facts.append(("period", f"{day(summary.first)} to {day(summary.last)}"))
    if newcomers := summary.new_users_per_month:
        month, most = max(newcomers, key=lambda each: each[1])
        average = summary.users / len(newcomers)
        facts.append(("new users", f"{average:,.1f} a month over {len(newcomers):,}, most in {month}: {most:,}"))
    if (pairs := summary.co_rating) is not None:
        facts.append(("rated together", f"{pairs.with_one:.0%} of {pairs.pairs:,} random pairs of items, by a user"))
    if summary.n_unrated_items:
        facts.append(("left out", f"{summary.n_unrated_items:,} items that nobody rated"))
    return facts


def _spread(of: str, spread: Spread) -> tuple[str | int, ...]:
    quantiles = (f"{value:.0f}" for value in spread.quantiles)
    shares = (f"{spread.gini:.2f}", f"{spread.top_1:.0%}", f"{spread.top_10:.0%}")
    return (of, spread.fewest, *quantiles, spread.most, *shares)
