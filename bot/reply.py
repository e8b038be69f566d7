"""What a person is given: decisions in the words of the base, with choices and resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

from bot.decision import Alarmed, Answered, Asked, Declined, Part
from bot.dialogue import Context
from bot.knowledge import KnowledgeBase, Source
from bot.matching import Match

FOLLOW_UPS = 4
NEAR_SHOWN = 2  # titles shown beside a decline
KINDS = {Alarmed: "safety", Asked: "clarify", Declined: "decline", Answered: "answer"}  # most serious first


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to ask next, or what may have been meant: its title, and the intent that a click asks for."""

    title: str
    intent: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A number or an address that helps: what it is for, the text of it, and its kind (emergency, crisis, …)."""

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
        return any(resource.kind == "emergency" for resource in self.resources)

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


class Voice:
    """Puts decisions into the words of one knowledge base. Immutable."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._says = kb.voice

    def answered(self, match: Match, opening: str, context: Context) -> Reply:
        """The entry of a matched intent; `opening` names the class that it speaks of, where that must be said."""
        kb, entry = self._kb, self._kb.entries[match.intent]
        lead = self.say("class_opening", name=opening) + " " if opening else ""
        part = Answered(
            intent=match.intent,
            title=kb.title(match.intent),
            short=lead + entry.short,
            text=lead + entry.text,
            score=match.score,
            sources=tuple(Source(self._label(source.document), source.section) for source in entry.sources),
        )
        told = context.remembering((match.intent,))
        offered = tuple(intent for intent in entry.follow_ups if intent not in told)[:FOLLOW_UPS]
        remembered = replace(context, intents=(match.intent,), choices=offered, told=told)
        return self._reply(part, offered, remembered)

    def asked(self, asked: Asked, context: Context) -> Reply:
        """A question back, with the titles to pick from."""
        part = replace(asked, text=self.say("clarify"))
        return self._reply(part, asked.choices, replace(context, intents=(), choices=asked.choices))

    def declined(self, declined: Declined, context: Context, key: str = "decline") -> Reply:
        """A decline that says what is missing, what there is, and how to reach a person."""
        offered = declined.near[:NEAR_SHOWN]
        lines = [
            self.say("decline_about", names=_listed(declined.about)) if declined.about else self.say(key),
            self.say("near_line") if offered else self.say("topics_line", topics=self.topics()),
            self.say("person_line", contact=self.say("contact")),
        ]
        part = replace(declined, text="\n\n".join(line for line in lines if line))
        return self._reply(part, offered, replace(context, intents=(), choices=offered))

    def say(self, key: str, **values: str) -> str:
        """A line of bot.yaml with {names} replaced by plain substitution; empty where there is none."""
        line = self._says.get(key, "")
        for name, value in values.items():
            line = line.replace("{" + name + "}", value)
        return line

    def topics(self) -> str:
        """The titles of the topics as one phrase."""
        return "; ".join(topic.title for topic in self._kb.topics.values())

    def _label(self, document: str) -> str:
        known = self._kb.documents.get(document)
        return known.label if known else document

    def _reply(self, part: Part, offered: Sequence[str], context: Context) -> Reply:
        choices = tuple(Choice(self._kb.title(intent), intent) for intent in offered)
        return Reply(parts=(part,), choices=choices, context=context, kb=self._kb.hash)


def _listed(names: Sequence[str]) -> str:
    """Names as a phrase: a, b or c."""
    return ", ".join(names[:-1]) + " or " + names[-1] if len(names) > 1 else names[0]
