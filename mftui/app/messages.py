"""News that travels through the app."""

from textual.message import Message


class RunChanged(Message):
    """The current run has news, or there is another current run, or none.

    A newer one replaces an older one that nobody has read yet, so it carries no epoch: a handler reads
    `app.history` from its own cursor, and reads anew when `history.rewound` has grown.
    """

    def can_replace(self, message: Message) -> bool:
        """Any older one: the history holds everything."""
        return isinstance(message, RunChanged)


class DatasetChanged(Message):
    """There is another current dataset, or its figures have arrived: see `app.dataset` and `app.summary`."""

    def can_replace(self, message: Message) -> bool:
        """Any older one."""
        return isinstance(message, DatasetChanged)


class CompareMarked(Message):
    """The marked runs are to be judged beside the current one, on the screen that is told."""


class JobChanged(Message):
    """The child process that works for the app has news: see `app.job`."""

    def can_replace(self, message: Message) -> bool:
        """Any older one."""
        return isinstance(message, JobChanged)
