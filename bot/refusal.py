"""Whether a refusal holds in its conversation: what few words that leave something out ask for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.decision import Alarmed
from bot.dialogue import Context, compares, goes_on
from bot.knowledge.replies import CATEGORIES, REFUSALS
from bot.reply import Reply
from bot.safety import Alarm, Alarms
from bot.text import words
from bot.understanding import Understanding, Understood

JOINING = frozenset("with together mix mixed mixing combine combined plus on alongside after before".split())


def is_refusal(reply: Reply) -> bool:
    """Whether a reply refuses something, and nobody is in danger."""
    return any(isinstance(part, Alarmed) and part.category in REFUSALS and part.rules for part in reply.parts)


def is_harmless(message: str, alarms: Alarms, understanding: Understanding, context: Context) -> bool:
    """Whether a few words that were refused are, with what they leave out filled in, a question that is not.

    Only words that merely sound like what is refused can be, and only where all of them are understood.
    """
    alarm = alarms.screen(message)
    if alarm is None or not alarm.by_wording or not goes_on(message) or not JOINING.isdisjoint(words(message)):
        return False
    if any(intent in CATEGORIES for intent in context.intents):
        return False
    if compares(words(message)) and len(context.intents) > 1:
        return True  # it is about the answers that were given
    reading = understanding.reader.read(message)
    if not all(token.english or token.entity for token in reading.tokens):
        return False
    one = understanding.understood(message, reading, context.aged())
    named = bool(understanding.uncovered(one)) and understanding.only_names(reading)
    sure = understanding.likely(one) or named
    return bool(one.read_as) and sure and not alarms.screen(one.read_as)


def goes_with(message: str, alarm: Alarm, context: Context, understanding: Understanding) -> bool:
    """Whether few words after an alarm belong to it: "what do I say to him" only sounds like what is refused."""
    sounds = alarm.category in REFUSALS and alarm.by_wording and goes_on(message)
    return bool(context.flag) and sounds and not understanding.reader.read(message).entities


def as_meant(asked: Sequence[Understood], alarms: Alarms) -> Alarm | None:
    """The refusal that an answered question calls for once it is filled in; None where it calls for none."""
    raised = (alarms.screen(one.read_as) for one in asked if one.read_as and one.answered)
    return next((alarm for alarm in raised if alarm and alarm.category in REFUSALS), None)
