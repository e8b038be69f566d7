"""What a person is given, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, assert_never

from bot.decision import Alarmed, Answered, Asked, Declined, Part
from bot.dialogue import Context
from bot.knowledge.rules import ALARMS

FAILED = "fallback"  # the category of the reply that is sent when the safety step itself fails
NUMBERS = "numbers"  # the category of the reply to somebody who asks for the numbers
CARE = "care"  # the category of what is said to somebody who takes an alarm back, or takes leave after one
URGENT = frozenset({*ALARMS, FAILED})
KINDS = {Alarmed: "safety", Asked: "clarify", Declined: "decline", Answered: "answer"}  # most serious first


class Choice(NamedTuple):
    """Something to ask next, or what may have been meant: its title, and the intent that a click asks for."""

    title: str
    intent: str


class Resource(NamedTuple):
    """A number or an address that helps: what it is for, the text of it, and its kind (call, text, web, place)."""

    label: str
    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one message: a part for each question in it, and what the channel needs beside them."""

    parts: tuple[Part, ...]
    choices: tuple[Choice, ...]
    context: Context
    kb: str  # hash of the content
    resources: tuple[Resource, ...] = ()
    handover: str | None = None
    closing: str = ""  # a line that ends the whole reply

    @property
    def kind(self) -> str:
        """answer, clarify, decline or safety: that of the most serious part."""
        kinds = {type(part) for part in self.parts}
        return next(kind for part, kind in KINDS.items() if part in kinds)

    @property
    def urgent(self) -> bool:
        """Whether somebody may be in danger."""
        return any(isinstance(part, Alarmed) and part.category in URGENT for part in self.parts)

    @property
    def text(self) -> str:
        """Markdown of all parts, in order."""
        pieces = [piece for part in self.parts for piece in (part.text, getattr(part, "closing", ""))]
        return "\n\n".join(piece for piece in (*pieces, self.closing) if piece)

    def to_dict(self) -> dict[str, Any]:
        """The reply as JSON values, as every channel and `--json` give it."""
        return {
            "kind": self.kind,
            "text": self.text,
            "urgent": self.urgent,
            "parts": [_part_dict(part) for part in self.parts],
            "choices": [{"title": choice.title, "intent": choice.intent} for choice in self.choices],
            "resources": [{"label": r.label, "number": r.number, "kind": r.kind} for r in self.resources],
            "handover": self.handover,
            "kb": self.kb,
            "context": self.context.to_dict(),
        }


def _part_dict(part: Part) -> dict[str, Any]:
    kind = KINDS[type(part)]
    match part:
        case Answered():
            sources = [{"document": source.document, "section": source.section} for source in part.sources]
            return {
                "kind": kind, "intent": part.intent, "title": part.title, "short": part.short, "text": part.text,
                "score": part.score, "sources": sources, "closing": part.closing,
            }  # fmt: skip
        case Asked():
            return {"kind": kind, "text": part.text, "choices": list(part.choices)}
        case Declined():
            return {"kind": kind, "text": part.text, "about": list(part.about), "near": list(part.near)}
        case Alarmed():
            return {"kind": kind, "intent": part.category, "rules": list(part.rules), "text": part.text}
        case _:
            assert_never(part)
