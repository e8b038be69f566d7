"""Contrast tests made from the phrasings of a base: near misses that must not be answered, and harmless variants.

What is made of a phrasing, and by which rules, stands in `bot.variants`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from bot.decision import Alarmed, Answered, Declined, Part
from bot.engine import Bot
from bot.evaluate import by_all_processors
from bot.knowledge import SMALLTALK, Intent
from bot.knowledge.values import FORMS
from bot.matching import Reader, Reading, phrasings_of
from bot.variants import HARMLESS, NEAR_MISSES, OTHER_THING

SHOWN = 5  # wrong ones that a tally holds
AS_WRITTEN = "as written"  # the form of a phrasing itself
DECLINED = "(declined by name)"  # among what a reply gives


class Variant(NamedTuple):
    """A message made from a phrasing of an intent. `form` is one of FORMS, or how it was made."""

    intent: str
    phrasing: str
    text: str
    form: str
    near_miss: bool


class Verdict(NamedTuple):
    """What came of a variant: the intents and the safety categories that it got, part by part."""

    variant: Variant
    given: tuple[str, ...]
    wrong: bool


class Contrast:
    """Makes the variants of a base, and asks a bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._reader = Reader(bot.kb)
        self._names = frozenset(entity.name for entity in bot.kb.lexicon.entities.values())
        self._seen: dict[Reading, tuple[str, ...]] = {}

    def variants(self, intent: Intent) -> Iterator[Variant]:
        """Every phrasing of an intent, and every variant that is no phrasing of the base itself, each text once.

        Small talk has no near misses: "are you not a bot" is meant as "are you a bot".
        """
        known = {text.lower() for other in self._bot.kb.intents.values() for text in phrasings_of(other)}
        for phrasing in phrasings_of(intent):
            yield Variant(intent.id, phrasing, phrasing, AS_WRITTEN, near_miss=False)
            for near, makers in ((True, {} if intent.topic == SMALLTALK else NEAR_MISSES), (False, HARMLESS)):
                for form, make in makers.items():
                    for text in dict.fromkeys(make(phrasing, intent, self._bot.kb, self._reader)):
                        if text.lower() not in known:
                            known.add(text.lower())
                            yield Variant(intent.id, phrasing, text, form, near)

    def judge(self, variant: Variant) -> Verdict:
        """Ask the bot, and say whether the reply is wrong.

        Wrong is a phrasing that gets anything but its own answer; an answer of the intent to a near miss, unless the
        intent lists the form; a listed form without that answer; and any other answer to a harmless variant. A reply
        that declines the other thing by name is not wrong.
        """
        given = self._given(variant.text)
        if variant.form == AS_WRITTEN:
            return Verdict(variant, given, given != (variant.intent,))
        if not variant.near_miss:
            return Verdict(variant, given, any(one not in (variant.intent, DECLINED) for one in given))
        if variant.form == OTHER_THING and DECLINED in given:
            return Verdict(variant, given, wrong=False)
        return Verdict(variant, given, (variant.intent in given) != self.reads_right(variant))

    def reads_right(self, variant: Variant) -> bool:
        """Whether the intent of a variant lists its form, and so has to answer it."""
        return variant.form in FORMS and variant.form in self._bot.kb.intents[variant.intent].reads_right_for

    def _given(self, text: str) -> tuple[str, ...]:
        """What the parts of the reply to a message give; like readings are decided once."""
        reading = self._reader.read(text)
        if reading not in self._seen:
            self._seen[reading] = tuple(filter(None, map(self._outcome, self._bot.reply(text).parts)))
        return self._seen[reading]

    def _outcome(self, part: Part) -> str:
        """The intent or the category of a part; DECLINED for one that names a thing which is not held; else nothing."""
        match part:
            case Answered(intent=intent):
                return intent
            case Alarmed(category=category):
                return category
            case Declined(about=about) if not self._names.isdisjoint(about):
                return DECLINED
            case _:
                return ""


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the variants of one intent; `worst` are some of the wrong ones, near misses first.

    A near miss is wrong where it is answered and should not be; it is unmet where the intent lists its form, and is
    not given.
    """

    intent: str
    near_misses: int
    near_wrong: int
    unmet: int
    harmless: int
    harmless_wrong: int
    worst: tuple[Verdict, ...]


def tallied(bot: Bot, intents: Sequence[str], every: int = 1) -> Iterator[Tally]:
    """The tallies of intents, in order, by all processors; of the variants only every so many are tried."""
    return by_all_processors(partial(tally, bot, every=every), intents)


def tally(bot: Bot, intent: str, every: int = 1) -> Tally:
    """What comes of the variants of one intent."""
    contrast = Contrast(bot)
    tried = (v for at, v in enumerate(contrast.variants(bot.kb.intents[intent])) if at % every == 0)
    verdicts = sorted(map(contrast.judge, tried), key=lambda verdict: not verdict.variant.near_miss)
    near = [one for one in verdicts if one.variant.near_miss]
    wrong = [one for one in verdicts if one.wrong]
    near_wrong = sum(one.variant.near_miss for one in wrong)
    unmet = sum(one.variant.near_miss and contrast.reads_right(one.variant) for one in wrong)
    wrong.sort(key=lambda one: (not one.variant.near_miss, contrast.reads_right(one.variant)))
    return Tally(
        intent=intent,
        near_misses=len(near),
        near_wrong=near_wrong - unmet,
        unmet=unmet,
        harmless=len(verdicts) - len(near),
        harmless_wrong=len(wrong) - near_wrong,
        worst=tuple(wrong[:SHOWN]),
    )
