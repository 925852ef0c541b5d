"""The Train screen."""

from mftui.app.actions import TRAIN, bindings
from mftui.app.screens.base import WorkbenchScreen


class TrainScreen(WorkbenchScreen):
    """Shows the training."""

    TITLE = "Train"
    ACTIONS = TRAIN
    BINDINGS = bindings(TRAIN)
