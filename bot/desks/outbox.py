"""A desk that needs nothing: every ticket is a file, for the eyes of its owner alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from bot.desks import Conversation, Desk, Option
from bot.errors import DeskError

OPTIONS = (Option("folder", "folder that tickets are written to", "~/.local/state/faqbot/outbox"),)
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
REFERENCE = 8  # digits of the key that a person is told


class Outbox:
    """Writes tickets as text files; one that is there is never written again, nor seen half written."""

    name = "outbox"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open_ticket(self, conversation: Conversation, *, again: bool = False) -> str:
        """Write a ticket to a file of its own, and give its reference; raises DeskError where that cannot be done."""
        reference = conversation.key[:REFERENCE].upper()
        path = self._folder / f"{reference}-{conversation.key[REFERENCE:]}.txt"
        unfinished = self._folder / f".{token_hex(8)}"
        text = f"Subject: {conversation.subject}\nReference: {reference}\n\n{conversation.text()}"
        try:
            self._folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            with open(unfinished, "x", encoding="utf-8", errors="replace", opener=_private) as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(unfinished, path)  # unlike a rename, it never replaces
            except FileExistsError:
                return reference
            finally:
                unfinished.unlink()
            self._settle()
        except OSError as error:
            raise DeskError(f"the ticket cannot be written to {self._folder}: {error.strerror or error}") from error
        return reference

    def _settle(self) -> None:
        """Have the name of the file on the disk, too."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def connect(options: Mapping[str, str]) -> Desk:
    """The outbox in a folder."""
    return Outbox(Path(options["folder"]).expanduser())


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, PRIVATE_FILE)
