"""A group of commands whose help lists them in the order of a day's work, each with a whole phrase."""

import re
from typing import Any

from typer.core import TyperGroup


class Listed(TyperGroup):
    """Click sorts commands by name and cuts their sentences off where a line ends."""

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order in which they were registered."""
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """A line or two for each: what it does, without what its own help says beside."""
        phrases = [(name, re.split(r"[;:.]", command.help or "")[0]) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(phrases)
