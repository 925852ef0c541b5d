"""What a model would show a person, and which of their ratings speak for it."""

from mftui.core.recommend.fold_in import NewUser, fold_in
from mftui.core.recommend.ranked import Choice, Reason, Recommendation, for_new_user, for_person, for_user
from mftui.core.recommend.recommender import Recommender
from mftui.core.recommend.wishes import Wishes

__all__ = [
    "Choice",
    "NewUser",
    "Reason",
    "Recommendation",
    "Recommender",
    "Wishes",
    "fold_in",
    "for_new_user",
    "for_person",
    "for_user",
]
