"""What a model would show a person, and which of their ratings speak for it."""

from mftui.core.recommend.fold_in import NewUser, fold_in
from mftui.core.recommend.ranked import Reason, Recommendation, for_new_user, for_user

__all__ = ["NewUser", "Reason", "Recommendation", "fold_in", "for_new_user", "for_user"]
