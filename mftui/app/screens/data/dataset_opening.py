"""How ratings come to be open: chosen by name or path, fetched or read in a child process, shown while they are."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from textual import on, work
from textual.message import Message

from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.data.open_dataset import OpenDataset
from mftui.app.widgets.offer import Offer
from mftui.core.data.catalog import CATALOG, is_fetched
from mftui.core.data.recent import Recent
from mftui.core.data.roles import FORM
from mftui.core.data.summary import Summary
from mftui.core.errors import MftuiError
from mftui.core.paths import ratings_cache_dir

if TYPE_CHECKING:
    from mftui.core.data.readers.sniff import Table as FileTable


class DatasetOpening(WorkbenchScreen):
    """Has an `Offer`, which stands where the figures of a dataset will be."""

    @dataclass
    class LookedAt(Message):
        """The beginning of a file of one's own has been read."""

        path: str
        table: "FileTable | None"
        """What its columns would be taken for; None where there is nothing to choose, or nothing to read."""

    def __init__(self) -> None:
        super().__init__()
        self._job_for: str | None = None
        """The dataset that the current job fetches or reads."""
        self._tried: set[str] = set()
        """Local datasets that were read without being asked for, once."""

    def show_figures(self, figures: Summary | None) -> None:
        """Show what is known of the current dataset, or the offer where nothing is."""
        raise NotImplementedError

    @property
    def is_busy(self) -> bool:
        """Whether the current dataset is being fetched or read."""
        job = self.workbench.job
        return job is not None and not job.is_over and self._job_for == self.workbench.dataset

    # The offer, and the job that takes it

    def offer(self) -> None:
        """Say what can be had; a path, and what has been fetched, is read without asking, once."""
        name = self.workbench.dataset
        if self.is_busy:
            return self.show_job()
        error = self._trouble()
        if error is None and name not in self._tried and (name not in CATALOG or is_fetched(name)):
            self._tried.add(name)
            columns = ["--columns", self.workbench.columns] if self.workbench.columns else []
            return self._start("Reading", ["data", "show", name, *columns])
        offer = self.query_one(Offer)
        if name in CATALOG:
            entry = CATALOG[name]
            words = (
                f"{entry.ratings:,} ratings of {entry.items:,} movies by {entry.users:,} users, "
                f"{entry.megabytes:g} MB to fetch.\n\n{entry.licence}"
            )
            offer.show(entry.title, words, {"f": f"Fetch {entry.title}", "o": "Open another dataset"}, error)
        else:
            keys = {"c": "Say which column is which"} if FORM in (error or "") else {}
            offer.show(name, "These ratings could not be opened.", keys | {"o": "Open another dataset"}, error)
        return None

    def _trouble(self) -> str | None:
        """Why the job for this dataset did not open it; None where it has not been over yet."""
        job = self.workbench.job
        if job is None or self._job_for != self.workbench.dataset or not job.is_over:
            return None
        return job.error or (
            f"They were read, but no binary copy of them could be kept in {ratings_cache_dir()}, and it is what all "
            "screens work on. Make room there, or set MFTUI_CACHE_DIR to another directory."
        )

    def show_job(self) -> None:
        """How far the fetching is and what it knows so far, or what went wrong."""
        job = self.workbench.job
        if self.workbench.summary is not None or job is None:
            return
        if self.is_busy and job.figures is not None:
            self.show_figures(msgspec.convert(job.figures, Summary))
        elif self.is_busy:
            self.show_figures(None)
            self.query_one(Offer).show_progress(job.title, job.doing, job.fraction)
        elif job.error is not None:
            self.show_figures(None)
            self.offer()

    def _start(self, doing: str, arguments: list[str]) -> None:
        name = self._job_for = self.workbench.dataset
        title = CATALOG[name].title if name in CATALOG else name
        columns = self.workbench.columns
        self.workbench.start_job(f"{doing} {title}", arguments, lambda _: self.workbench.use_dataset(name, columns))

    def action_fetch(self) -> None:
        """Fetch the dataset that is offered."""
        self._start("Fetching", ["data", "fetch", self.workbench.dataset])

    def action_cancel(self) -> None:
        """End the job, and offer again."""
        self.workbench.cancel_job()
        self.show_figures(None)
        self.offer()

    # Another dataset

    def action_open(self) -> None:
        """Choose another dataset."""

        def chosen(choice: str | Recent | None) -> None:
            if isinstance(choice, Recent):
                self._use(choice.path, choice.columns)
            elif choice in CATALOG:
                self._use(choice)
            elif choice is not None:
                self._look_at(choice)

        self.app.push_screen(OpenDataset(self.workbench.dataset), chosen)

    def action_columns(self) -> None:
        """Say which column of the current file is which."""
        self._look_at(self.workbench.dataset)

    @work(thread=True, exclusive=True, group="look", exit_on_error=False)
    def _look_at(self, path: str) -> None:
        from mftui.core.data.readers.preview import preview

        try:
            self.post_message(self.LookedAt(path, preview(Path(path))))
        except MftuiError:
            self.post_message(self.LookedAt(path, None))  # reading it will say what is the matter

    @on(LookedAt)
    def _choose_columns(self, message: LookedAt) -> None:
        from mftui.app.screens.data.choose_columns import ChooseColumns  # knows the readers, which load pandas

        if message.table is None:
            self._use(message.path)
            return

        def chosen(columns: str | None) -> None:
            if columns is not None:
                self._use(message.path, columns)

        self.app.push_screen(ChooseColumns(message.path, message.table), chosen)

    def _use(self, name: str, columns: str = "") -> None:
        if (name, columns) != (self.workbench.dataset, self.workbench.columns) or self.workbench.summary is None:
            self._tried.discard(name)
            self._job_for = None  # what was wrong with it before is no answer to this
            self.workbench.use_dataset(name, columns)
