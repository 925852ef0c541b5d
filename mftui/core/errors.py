"""Everything that can go wrong in a way a person can mend, as one small family."""


class MftuiError(Exception):
    """Something went wrong that the person at the keyboard can understand.

    `message` is one sentence that names the file, the line or the setting; `hint` says what to do about it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class DataError(MftuiError):
    """A file of ratings can't be read, or doesn't hold ratings."""


class FetchError(DataError):
    """A named dataset can't be had from any of its mirrors."""


class SettingError(MftuiError):
    """A setting is unknown or its value is out of range. `field` names it."""

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.field = field


class RunError(MftuiError):
    """A run directory is missing, damaged, or in the wrong state for what was asked."""


class DeviceError(MftuiError):
    """The compute device that was asked for is not here."""


class ModelError(MftuiError):
    """A model or checkpoint file is damaged or holds something else."""


class UnknownItem(MftuiError):
    """A user or an item that the model or the data does not know."""
