"""The dialog that picks a user of the data, by id or by what is said of them."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from mftui.app.screens.dialog import Dialog
from mftui.app.users import Users
from mftui.app.widgets.listing import Listing
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table

_COLUMNS = (
    Column("User", share=1),
    Column("Ratings", width=9, numeric=True, show="{:,}".format),
    Column("Mean", width=6, numeric=True, show="{:.2f}".format),
    Column("About", share=2, muted=True),
)


class ChooseUser(Dialog[int | None]):
    """Its result is the user's position; None where the person went back."""

    CSS_PATH = "choose_user.tcss"
    HELP = "The users of the data: choose one to see what they rated and what the model would show them."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter"),
        Binding("enter", "choose", "Choose"),
    ]

    def __init__(self, users: Users) -> None:
        super().__init__()
        self._users = users

    def compose(self) -> ComposeResult:
        """Every user, the most active first."""
        yield Listing("Users", "an id, or what is said of them", *_COLUMNS, sort=1, id="people", is_passing=True)

    def on_mount(self) -> None:
        """Begin with typing."""
        listing, users = self.query_one(Listing), self._users
        listing.border_subtitle = "↑ ↓ · enter chooses · esc goes back"
        listing.show([users.names, users.counts, users.means, users.about], users.search)
        listing.open_filter()

    def action_filter(self) -> None:
        """Type an id."""
        self.query_one(Listing).open_filter()

    @on(Table.Selected)
    def action_choose(self) -> None:
        """Take the user under the cursor."""
        if (position := self.query_one(Listing).position) is not None:
            self.dismiss(position)

    @on(Listing.Left)
    def _go_back(self) -> None:
        self.dismiss(None)
