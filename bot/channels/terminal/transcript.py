"""A conversation as a file: Markdown to read, JSON to work with."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bot.decision import Answered
from bot.desks import Said as Turn
from bot.reply import Reply

SUFFIXES = (".md", ".json")


class Said(NamedTuple):
    """What a person typed, and the reply to it."""

    message: str
    reply: Reply
    shown: str  # the reply as it was shown, with its sources


def turns(said: Said) -> tuple[Turn, Turn]:
    """What was said, and the reply, as they are handed over."""
    titles = tuple(part.title for part in said.reply.parts if isinstance(part, Answered))
    return Turn("customer", said.message), Turn("bot", said.reply.text, titles)


def write(path: Path, said: Sequence[Said]) -> None:
    """Write a conversation, in the form that the suffix names, to a new file for this user's eyes; raises OSError."""
    text = as_json(said) if path.suffix.lower() == ".json" else as_markdown(said)
    with open(path, "x", encoding="utf-8", opener=_private) as file:
        file.write(text)


def as_markdown(said: Sequence[Said]) -> str:
    """The messages as quotations, each with the reply below it."""
    blocks = ("\n".join(f"> {line}" for line in one.message.splitlines()) + f"\n\n{one.shown}\n" for one in said)
    return "\n".join(blocks)


def as_json(said: Sequence[Said]) -> str:
    """A list of {message, shown, reply}: what was shown, and the reply as everywhere."""
    turns = [{"message": one.message, "shown": one.shown, "reply": one.reply.to_dict()} for one in said]
    return json.dumps(turns, ensure_ascii=False, indent=2) + "\n"


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
