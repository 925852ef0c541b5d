"""A screen that lets child processes work: it shows how far they are, ends them, and says why one failed."""

from typing import ClassVar

from mftui.app.screens.base import WorkbenchScreen
from mftui.app.widgets.progress import Progress
from mftui.core.text import clean


class JobScreen(WorkbenchScreen):
    """A subclass yields a `Progress` with the id `job`, and has the action `cancel`."""

    FAILURES: ClassVar[dict[str, str]] = {}
    """The titles of the screen's jobs, and what is said where one fails."""

    def __init__(self) -> None:
        super().__init__()
        self._told: object = None
        """The job whose failure has been said."""

    def is_busy(self) -> bool:
        """Whether a job of this screen is under way."""
        job = self.workbench.job
        return job is not None and job.title in self.FAILURES and not job.is_over

    def show_job(self) -> None:
        """How far it is, or why it failed."""
        job, bar = self.workbench.job, self.query_one("#job", Progress)
        bar.display = self.is_busy()
        if job is None or job.title not in self.FAILURES:
            return
        if not job.is_over:
            bar.show(job.fraction, f"{job.title}: {clean(job.doing) or 'starting'} · x cancels")
        elif job.error is not None and job is not self._told:
            self._told = job
            self.notify(job.error, title=self.FAILURES[job.title], severity="error", markup=False)

    def action_cancel(self) -> None:
        """End the job; what there was stays."""
        self.workbench.cancel_job()
