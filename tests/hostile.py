"""Titles as no honest file has them, and some that honest files do but that are hard to measure."""

import unicodedata

HOSTILE = (
    "[bold red]Markup[/] [@click=app.quit]quit[/]",
    "Escape \x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J (1999)",
    "Right \u202eto left\u202c \u2066isolated\u2069 (2003)",
    "Two\nlines\tand a tab\rand a return",
    "Family \U0001f468\u200d\U0001f469\u200d\U0001f467 (2020)",
    "Heart \u2764\ufe0f and flag \U0001f1eb\U0001f1f7 (2021)",
    "Skin \U0001f44d\U0001f3fd tone (2022)",
    "千と千尋の神隠し (2001)",
    "\uff8a\uff70\uff8c half and \uff26\uff55 full width (2004)",
    "السفر (2008)",
    "हिन्दी और ไทยน้ำ (2010)",
    "Zalgo" + "\u0315\u0321\u0340" * 6 + " (2011)",
    "Soft\u00adhyphen\u2060 and zero\u200bwidth\ufeff (2012)",
    "$accent {0} %s \\u001b",
    "x" * 500,
)

_SPEAKING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def speaks(text: str) -> set[str]:
    """The characters that a terminal might obey rather than show, or that change what stands beside them."""
    return {c for c in text if unicodedata.category(c) in _SPEAKING or "\ufe00" <= c <= "\ufe0f"}
