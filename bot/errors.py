"""What can go wrong, and where: the error tree and the Problem."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong in one place: the file, the line (1 is the first, 0 is the whole file), what to do."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: {self.message}"


class BotError(Exception):
    """Anything that faqbot raises on purpose; the text says what to do."""


class ContentError(BotError):
    """The content cannot be used; `problems` lists every reason, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (str(p.path), p.line, p.message)))
        super().__init__("\n".join(map(str, self.problems)))


class SettingError(BotError):
    """A flag or an environment variable has a value that cannot be used."""


class ChannelError(BotError):
    """A channel cannot start or go on."""


class DeskError(BotError):
    """A help desk did not do what it was asked; `status` is that of its answer (HTTP), 0 where it gave none."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class RecordError(BotError):
    """The conversation log cannot be read or written."""
