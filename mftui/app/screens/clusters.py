"""The Clusters screen."""

from mftui.app.actions import CLUSTERS, bindings
from mftui.app.screens.base import WorkbenchScreen


class ClustersScreen(WorkbenchScreen):
    """Shows the clusters."""

    TITLE = "Clusters"
    ACTIONS = CLUSTERS
    BINDINGS = bindings(CLUSTERS)
