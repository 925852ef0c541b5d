"""What a model would show a person, and which of their ratings speak for it."""

from mftui.core.recommend.fold_in import FoldIn, NewUser, fold_in
from mftui.core.recommend.history import History, Reproduction
from mftui.core.recommend.ranked import Choice, Reason, Recommendation, for_stranger, for_user
from mftui.core.recommend.recommender import Recommender
from mftui.core.recommend.wishes import Wishes

__all__ = [
    "Choice",
    "FoldIn",
    "History",
    "NewUser",
    "Reason",
    "Recommendation",
    "Recommender",
    "Reproduction",
    "Wishes",
    "fold_in",
    "for_stranger",
    "for_user",
]
