"""The Evaluation screen."""

from mftui.app.actions import EVALUATION, bindings
from mftui.app.screens.base import WorkbenchScreen


class EvaluationScreen(WorkbenchScreen):
    """Shows the evaluation."""

    TITLE = "Evaluation"
    ACTIONS = EVALUATION
    BINDINGS = bindings(EVALUATION)
