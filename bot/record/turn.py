"""A turn: one message and what came of it, as it is written down."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.decision import Alarmed, Answer, Answered, Asked
from bot.knowledge.replies import REFUSALS
from bot.privacy import redacted
from bot.reply import Reply
from bot.understanding import Understood

NEAR = 3  # intents that are kept of a question that was not answered


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and what came of it. No word in it tells whose it was."""

    turn: str  # a random id, given by the channel
    channel: str
    kind: str  # answer, clarify, decline or safety
    kb: str  # hash of the content
    milliseconds: float
    text: str | None = None  # redacted; None where none may be kept
    person: str | None = None  # a salted hash
    conversation: str | None = None  # a random id, given by the channel
    intents: tuple[str, ...] = ()  # answered; or the category of a reply of safety
    near: tuple[str, ...] = ()  # offered, or nearest, where a question was not answered
    scores: tuple[float, ...] = ()  # of what came nearest to each question; none where nothing had to be matched
    runner_up: str | None = None
    gates: tuple[str, ...] = ()  # what spoke against the nearest of a question that was not answered
    rules: tuple[str, ...] = ()  # of safety, that fired
    handover: str | None = None  # why a person is to take over
    time: datetime = field(default_factory=lambda: datetime.now(UTC))


def fresh_id() -> str:
    """A new id for a turn, 32 hexadecimal digits that nobody can guess: 12 of the time (ms), and 20 of chance.

    As in UUID version 7, ids that are made one after the other stand beside each other in the table's index: ids of
    chance alone cost the log up to five times as much.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def turn_of(
    turn: str, channel: str, message: str, reply: Reply, asked: Sequence[Understood] = (), *,
    milliseconds: float = 0.0, person: str | None = None, conversation: str | None = None, refusals: bool = False,
) -> Turn:  # fmt: skip
    """What is written down of a message and its reply.

    `asked`: the questions of the message as `Bot.considered` weighed them; none where one was picked. `message` may be
    empty: a choice was clicked. `refusals`: whether the text of what is refused is kept, too.
    """
    alarms = [part for part in reply.parts if isinstance(part, Alarmed)]
    answered = [part.intent for part in reply.parts if isinstance(part, Answered)]
    first = asked[0].weighed if asked else ()
    open_ones = [one for one in asked if not one.answered]
    return Turn(
        turn=turn,
        channel=channel,
        kind=reply.kind,
        kb=reply.kb,
        milliseconds=round(milliseconds, 3),
        text=redacted(message) if _may_be_kept(reply, refusals=refusals) else None,
        person=person,
        conversation=conversation,
        intents=(*answered, *(part.category for part in alarms)),
        near=tuple(dict.fromkeys(intent for one in open_ones for intent in _near(one)))[:NEAR],
        scores=tuple(_score(one) for one in asked),
        runner_up=next((one.match.intent for one in first if one.match.intent not in answered), None),
        gates=tuple(dict.fromkeys(f.gate for one in open_ones for best in one.weighed[:1] for f in best.findings)),
        rules=tuple(rule for part in alarms for rule in part.rules),
        handover=reply.handover,
    )


def _may_be_kept(reply: Reply, *, refusals: bool) -> bool:
    """Whether the text of a message may be written down.

    Never that of an alarm, nor what follows in a flagged conversation, nor what was answered with the numbers because
    it may be distress; that of a refusal only where the operator wants it.
    """
    categories = [part.category for part in reply.parts if isinstance(part, Alarmed)]
    if reply.context.flag or (categories and not set(categories) <= set(REFUSALS)):
        return False
    return refusals if categories else not reply.resources


def _near(one: Understood) -> Sequence[str]:
    """What a question that was not answered came near to."""
    if isinstance(one.decision, Asked):
        return one.decision.choices
    return [weighed.match.intent for weighed in one.weighed[:NEAR]]


def _score(one: Understood) -> float:
    """How close the base came to a question, 0 to 100."""
    if isinstance(one.decision, Answer):
        return one.decision.match.score
    return one.weighed[0].match.score if one.weighed else 0.0
