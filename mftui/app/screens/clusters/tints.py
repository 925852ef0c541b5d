"""The colours that clusters go by, in the list and on the map: as many as the eye tells apart, then again."""

_COLOURS = (
    "$primary", "$accent", "$success", "$secondary", "$error", "$primary-darken-2", "$success-darken-2",
    "$accent-darken-2",
)  # fmt: skip
N_TINTS = len(_COLOURS)


def css(name: str, more: str = "", alpha: str = "") -> str:
    """A rule for the component class of each tint, `.NAME-0` and so on."""
    return "\n".join(f".{name}-{tint} {{ color: {c} {alpha}; {more}}}" for tint, c in enumerate(_COLOURS))


def css_without_tints(name: str, colour: str) -> str:
    """Rules that give all of them one colour, for a terminal whose own colours can't be dimmed."""
    return "\n".join(f".{name}-{tint} {{ color: {colour}; }}" for tint in range(N_TINTS))


def component_classes(name: str) -> set[str]:
    """The classes that `css` gives a rule to."""
    return {f"{name}-{tint}" for tint in range(N_TINTS)}
