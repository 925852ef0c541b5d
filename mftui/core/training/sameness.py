"""Whether a resumed run can still end in the very bits that it would have ended in had nothing stopped it."""

from mftui.core.runs.directory import Record
from mftui.core.runs.events import Started
from mftui.core.runs.versions import installed
from mftui.core.training.devices import TO_ROUNDING, Place, name_of


def what_changed(record: Record, began: Started, place: Place) -> str | None:
    """What is not as it was when the run began, and what that costs, in a sentence; None where all of it is.

    Versions, and the hardware that goes by the device's name; the device and the threads are taken from the record.

    Args:
        record: the run's, with the versions that it began with.
        began: what it told when it last stood ready.
        place: where it computes now.
    """
    here = installed()
    other = [package for package, version in record.versions.items() if here.get(package) != version]
    was, now = ([f"{package} {of.get(package, '?')}" for package in other] for of in (record.versions, here))
    if began.device == place.device and began.device_name != (name := name_of(place.device)):
        was.append(began.device_name)
        now.append(name)
    if not was:
        return None
    return f"The run began with {', '.join(was)} and goes on with {', '.join(now)}: {TO_ROUNDING}"
