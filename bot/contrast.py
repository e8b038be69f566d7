"""Contrast tests made from the phrasings of a base: near misses that must not be answered, and harmless variants.

A near miss asks something else in nearly the same words: of another thing of the same kind, negated, turned round,
or with one word for its opposite. A harmless variant asks the same, typed otherwise: one slip of the keyboard, a
dropped article, a doubled letter, text-speak, two words run together. Both are made by rule, in a fixed order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from typing import NamedTuple

from bot.decision import Alarmed, Answered
from bot.engine import Bot
from bot.evaluate import by_all_processors
from bot.knowledge import Intent, KnowledgeBase
from bot.knowledge.values import FORMS
from bot.matching import Reader, Reading, phrasings_of
from bot.reply import Reply

LONG = 5  # letters of a word that is misspelt; a slip in a shorter one often gives another word
SHOWN = 5  # wrong ones that a tally holds
SWAPS = 3  # other things that a phrasing is asked of
OPPOSITES = (("start", "stop"), ("starting", "stopping"), ("with", "without"), ("before", "after"))
AUXILIARIES = frozenset("is are was were does do did can could will would should has have had may might must".split())
ARTICLES = re.compile(r"\b(?:a|an|the) ", re.IGNORECASE)
TEXT_SPEAK = {"you": "u", "are": "r", "please": "pls", "because": "cos", "people": "ppl", "what": "wat", "your": "ur"}
WORD = re.compile(r"[a-z]+", re.IGNORECASE)


class Variant(NamedTuple):
    """A message made from a phrasing of an intent. `form` is one of FORMS, or how it was made."""

    intent: str
    phrasing: str
    text: str
    form: str
    near_miss: bool


class Verdict(NamedTuple):
    """What came of a variant: the intent or the safety category that it got, or nothing."""

    variant: Variant
    given: str
    wrong: bool


class Contrast:
    """Makes the variants of a base, and asks a bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._reader = Reader(bot.kb)
        self._seen: dict[Reading, str] = {}

    def variants(self, intent: Intent) -> Iterator[Variant]:
        """Every variant of every phrasing of an intent that is no phrasing of the base itself, each text once."""
        known = {text.lower() for other in self._bot.kb.intents.values() for text in phrasings_of(other)}
        for phrasing in phrasings_of(intent):
            for near, makers in ((True, NEAR_MISSES), (False, HARMLESS)):
                for form, make in makers.items():
                    for text in dict.fromkeys(make(phrasing, intent, self._bot.kb, self._reader)):
                        if text.lower() not in known:
                            known.add(text.lower())
                            yield Variant(intent.id, phrasing, text, form, near)

    def judge(self, variant: Variant) -> Verdict:
        """Ask the bot, and say whether the reply is wrong.

        Wrong is an answer of the intent to a near miss, unless the intent lists the form; a listed form without that
        answer; and any other answer to a harmless variant.
        """
        given = self._given(variant.text)
        if not variant.near_miss:
            return Verdict(variant, given, given not in ("", variant.intent))
        listed = variant.form in FORMS and variant.form in self._bot.kb.intents[variant.intent].reads_right_for
        return Verdict(variant, given, (given != variant.intent) if listed else given == variant.intent)

    def _given(self, text: str) -> str:
        """The intent or the category that a message gets; like readings are decided once."""
        reading = self._reader.read(text)
        if reading not in self._seen:
            self._seen[reading] = _given(self._bot.reply(text))
        return self._seen[reading]


def _given(reply: Reply) -> str:
    found = [part.intent if isinstance(part, Answered) else part.category for part in reply.parts
             if isinstance(part, Answered | Alarmed)]  # fmt: skip
    return found[0] if found else ""


def other_thing(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The phrasing asked of other things of the same kind as one that it names and its intent is about."""
    entities = kb.lexicon.entities
    for token in reader.read(phrasing).tokens:
        if token.entity not in intent.about or token.typed not in phrasing.lower():
            continue
        kind, near = entities[token.entity].kind, {*intent.about, *kb.lexicon.lineage(token.entity)}
        others = [one for one in entities.values() if one.kind == kind and near.isdisjoint(kb.lexicon.lineage(one.id))]
        start = len(phrasing) % max(1, len(others))  # another choice for every phrasing
        for other in islice(others[start:] + others[:start], SWAPS):
            yield _replaced(phrasing, token.typed, other.name)


def negated(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """A question that starts with an auxiliary verb, with "not" behind the thing that it names first."""
    words = phrasing.split()
    named = [token.typed for token in reader.read(phrasing).tokens if token.entity in intent.about]
    if len(words) < 3 or words[0].lower() not in AUXILIARIES or not named or "not" in words:
        return
    if words[1].lower().rstrip("?") == named[0]:
        yield " ".join([*words[:2], "not", *words[2:]])


def reversed_order(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The two subjects of a phrasing in each other's place."""
    named = list(dict.fromkeys(t.typed for t in reader.read(phrasing).tokens if t.entity in intent.about))
    if len(named) == 2 and len({t.entity for t in reader.read(phrasing).tokens if t.entity in intent.about}) == 2:
        one, other = named
        yield _replaced(_replaced(_replaced(phrasing, one, "\0"), other, one), "\0", other)


def opposite(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The phrasing with one word for its opposite."""
    for pair in OPPOSITES:
        for one, other in (pair, pair[::-1]):
            has_one, has_other = (re.search(rf"\b{word}\b", phrasing, re.IGNORECASE) for word in (one, other))
            if has_one and not has_other:
                yield _replaced(phrasing, one, other)


def one_slip(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """Every long word with a letter left out, doubled, or swapped with the next."""
    for found in WORD.finditer(phrasing):
        word = found[0]
        for at in range(1, len(word)) if len(word) >= LONG else ():
            for slip in (
                word[:at] + word[at + 1 :],
                word[: at + 1] + word[at:],
                word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            ):
                if slip != word:
                    yield phrasing[: found.start()] + slip + phrasing[found.end() :]


def dropped_article(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The phrasing without its articles."""
    yield ARTICLES.sub("", phrasing)


def text_speak(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The phrasing as it is typed on a phone."""
    yield WORD.sub(lambda found: TEXT_SPEAK.get(found[0].lower(), found[0]), phrasing)


def run_together(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """Each two neighbouring long words as one."""
    words = phrasing.split()
    for at, (one, other) in enumerate(pairwise(words)):
        if min(len(one), len(other)) >= LONG and one.isalpha():
            yield " ".join([*words[:at], one + other, *words[at + 2 :]])


Maker = Callable[[str, Intent, KnowledgeBase, Reader], Iterable[str]]
NEAR_MISSES: dict[str, Maker] = {
    "other thing": other_thing, "negated": negated, "reversed": reversed_order, "opposite": opposite,
}  # fmt: skip
HARMLESS: dict[str, Maker] = {
    "one slip": one_slip, "dropped article": dropped_article, "text-speak": text_speak, "run together": run_together,
}  # fmt: skip


def _replaced(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text, flags=re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the variants of one intent; `worst` are some of the wrong ones, near misses first."""

    intent: str
    near_misses: int
    near_wrong: int
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
    return Tally(
        intent, len(near), near_wrong, len(verdicts) - len(near), len(wrong) - near_wrong, tuple(wrong[:SHOWN])
    )
