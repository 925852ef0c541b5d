"""A run in parts as `mftui train` prints it when it is finished: each part, then means and deviations."""

from mftui.cli.evaluation_text import print_deviations
from mftui.cli.output import print_table
from mftui.core.evaluation import report
from mftui.core.runs.history import History
from mftui.core.runs.parts import SHOWN


def print_parts(history: History) -> None:
    """Print the figures of each part, and their means with standard deviations."""
    names = [name for name in SHOWN if any(name in part.figures for part in history.parts)]
    rows = [(part.name, *(part.figures.get(name) for name in names)) for part in history.parts]
    print_table(("part", *names), rows)
    if evaluation := report.read(history.run.path):
        print(f"\n{evaluation.protocol.split}; {evaluation.protocol.model}")
        shown = {name: value for name, value in evaluation.deviations.items() if name in names}
        print_deviations(evaluation, shown)
