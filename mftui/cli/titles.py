"""Find a movie by what a person remembers of its title."""

import re
from typing import TYPE_CHECKING

from mftui.core.errors import UnknownItem
from mftui.core.text import clean, fold

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings

_ARTICLES = re.compile(r"^(the|a|an) |, (the|a|an)$")
_YEAR = re.compile(r" *\(\d{4}\)$")


def item_called(wanted: str, ratings: "Ratings") -> int:
    """The position of a movie by its title: whole, else by its beginning, else by a part; the year may be left out.

    Raises:
        UnknownItem: no title fits, or several fit equally well.
    """
    titles = [fold(clean(title)) for title in ratings.titles.tolist()]
    plain = [_plain(title) for title in titles]
    text, bare = fold(clean(wanted)), _plain(fold(clean(wanted)))
    has_year = _YEAR.search(text) is not None
    fits = (
        [title == text for title in titles],
        [title == bare for title in plain] if not has_year else [],
        [title.startswith(bare) for title in plain] if not has_year else [],
        [text in title or (not has_year and bare in title_) for title, title_ in zip(titles, plain, strict=True)],
    )
    for fit in fits:
        found = [position for position, fits_here in enumerate(fit) if fits_here]
        if len(found) == 1:
            return found[0]
        if found:
            names = "; ".join(str(ratings.titles[i]) for i in found[:5])
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            raise UnknownItem(f"{wanted!r} fits {len(found)} titles.", f"Say which: {names}{more}.")
    raise UnknownItem(f"{ratings.name} has no title like {wanted!r}.", "Look it up: mftui data show.")


def _plain(title: str) -> str:
    """A folded title without its year and its article, wherever the file puts it."""
    return _ARTICLES.sub("", _YEAR.sub("", title))
