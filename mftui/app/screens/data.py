"""The Data screen."""

from mftui.app.actions import DATA, bindings
from mftui.app.screens.base import WorkbenchScreen


class DataScreen(WorkbenchScreen):
    """Shows the ratings."""

    TITLE = "Data"
    ACTIONS = DATA
    BINDINGS = bindings(DATA)
