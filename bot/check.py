"""What no single file can get wrong alone: one static rule, one generator."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path

from bot.errors import ContentError, Problem
from bot.knowledge import KnowledgeBase, Place, shipped
from bot.knowledge.read import read
from bot.knowledge.regions import SERVICES
from bot.knowledge.replies import CATEGORIES, SafetyReply
from bot.knowledge.suites import ANY_SAFETY, NOTHING, Question
from bot.knowledge.values import CLOSINGS, NONE_OF_THESE
from bot.text import stem, words

Rule = Callable[[KnowledgeBase], Iterator[Problem]]

OLDEST_NUMBER = 180  # days since a number was checked
ALWAYS_THERE = ("emergency", "crisis")
MOST_FOLLOW_UPS = 4
ALARMS_FILE, VOICE_FILE = Place(Path("intents/alarms.yaml"), 0), Place(Path("answers/bot.yaml"), 0)
BLANK = re.compile(r"\{(\w*)\}")
# Promises, amounts, blame, diagnoses and cheerfulness have no place in what is said to somebody in danger.
FORBIDDEN = re.compile(
    r"\b(?:safe to|(?<!if )you have|committed|as an ai|call a helpline|will be fine|god|guilt\w*|survey|on its way)\b"
    r"|\b(?:mg|mcg|ml|milligrams?|micrograms?)\b|!",
    re.IGNORECASE,
)
LEXICON = Place(Path("intents/lexicon.yaml"), 0)  # where synonyms stand; they are read without their lines


def load(root: Path | None = None) -> KnowledgeBase:
    """The knowledge base of a content folder, or of the content that ships; raises ContentError with every problem."""
    kb, problems = read(root or shipped())
    problems = [*problems, *(problem for rule in RULES for problem in rule(kb))]
    if problems:
        raise ContentError(problems)
    return kb


def contested_phrasings(kb: KnowledgeBase) -> Iterator[Problem]:
    """No phrasing may belong to two intents, nor be both a phrasing and a `not:` of one."""
    owners: dict[tuple[str, ...], str] = {}
    for intent in kb.intents.values():
        for phrasing in (intent.title, *intent.phrasings):
            owner = owners.setdefault(said, intent.id) if (said := words(phrasing)) else intent.id
            if owner != intent.id:
                yield _problem(intent.place, f"{phrasing!r} already belongs to {owner!r}: keep it in one of them")
        for phrasing in intent.lookalikes:
            if owners.get(words(phrasing)) == intent.id:
                yield _problem(intent.place, f"{phrasing!r} stands under 'not' and among the phrasings: keep one")


def reserved_ids(kb: KnowledgeBase) -> Iterator[Problem]:
    """No intent goes by the id of the choice that stands below every question back."""
    if intent := kb.intents.get(NONE_OF_THESE):
        yield _problem(intent.place, f"{NONE_OF_THESE!r} is the id of a choice that is always there: rename the intent")


def wordless_phrasings(kb: KnowledgeBase) -> Iterator[Problem]:
    """Every phrasing needs a word."""
    for intent in kb.intents.values():
        for phrasing in (intent.title, *intent.phrasings):
            if not words(phrasing):
                yield _problem(intent.place, f"{phrasing!r} holds no word: write it as a person would type it")


def wordless_names(kb: KnowledgeBase) -> Iterator[Problem]:
    """Every alias and synonym needs a word."""
    for entity in kb.lexicon.entities.values():
        for alias in entity.aliases:
            if not words(alias):
                yield _problem(entity.place, f"the alias {alias!r} holds no word: take it out")
    for phrase in chain.from_iterable(kb.lexicon.synonyms):
        if not words(phrase):
            yield _problem(LEXICON, f"the synonym {phrase!r} holds no word: take it out")


def follow_ups_that_lead_nowhere(kb: KnowledgeBase) -> Iterator[Problem]:
    """A follow-up is another intent of the base, named once, and there are few."""
    for entry in kb.entries.values():
        if len(entry.follow_ups) > MOST_FOLLOW_UPS:
            yield _problem(entry.place, f"has {len(entry.follow_ups)} follow-ups: keep the best {MOST_FOLLOW_UPS}")
        for at, intent in enumerate(entry.follow_ups):
            if intent not in kb.intents:
                yield _problem(entry.place, f"the follow-up {intent!r} is no intent: mend the name or take it out")
            elif intent == entry.intent or intent in entry.follow_ups[:at]:
                yield _problem(
                    entry.place, f"the follow-up {intent!r} leads back to itself or stands twice: take it out"
                )


def things_that_nobody_named(kb: KnowledgeBase) -> Iterator[Problem]:
    """`about` and `is` name entities of the lexicon."""
    entities = kb.lexicon.entities
    for intent in kb.intents.values():
        for thing in intent.about:
            if thing not in entities:
                yield _problem(
                    intent.place, f"'about' names {thing!r}, which intents/lexicon.yaml does not have: add it"
                )
    for entity in entities.values():
        for parent in entity.classes:
            if parent not in entities:
                yield _problem(entity.place, f"'is' names {parent!r}, which is no entity here: add it or mend the name")


def contested_aliases(kb: KnowledgeBase) -> Iterator[Problem]:
    """No alias may belong to two entities; endings do not count."""
    owners: dict[tuple[str, ...], str] = {}
    for entity in kb.lexicon.entities.values():
        for alias in entity.aliases:
            key = tuple(map(stem, words(alias)))
            owner = owners.setdefault(key, entity.id) if key else entity.id
            if owner != entity.id:
                yield _problem(
                    entity.place, f"the alias {alias!r} already belongs to {owner!r}: keep it in one of them"
                )


def contested_synonyms(kb: KnowledgeBase) -> Iterator[Problem]:
    """A word stands in one group of synonyms, and is not an alias as well."""
    aliases = {tuple(map(stem, words(a))): e.id for e in kb.lexicon.entities.values() for a in e.aliases}
    groups: dict[tuple[str, ...], str] = {}
    for group in kb.lexicon.synonyms:
        for phrase in group:
            key = tuple(map(stem, words(phrase)))
            if not key:
                continue
            if key in aliases:
                yield _problem(LEXICON, f"the synonym {phrase!r} is an alias of {aliases[key]!r}: take it out of one")
            owner = groups.setdefault(key, group[0])
            if owner != group[0]:
                yield _problem(LEXICON, f"the synonym {phrase!r} already stands in the group of {owner!r}: keep one")


def sources_that_nobody_holds(kb: KnowledgeBase) -> Iterator[Problem]:
    """A source names a document, and one of its sections where those are listed."""
    for entry in kb.entries.values():
        for source in entry.sources:
            document = kb.documents.get(source.document)
            if document is None:
                yield _problem(
                    entry.place, f"the document {source.document!r} is not in answers/documents.yaml: add it"
                )
            elif document.sections and source.section not in document.sections:
                message = f"{source.section!r} is no section of document {document.id!r}: take one from documents.yaml"
                yield _problem(entry.place, message)


def release_problems(kb: KnowledgeBase, today: date, *, unreviewed_ok: bool = False) -> Iterator[Problem]:
    """What stands against putting a base before the public.

    No alarms, replies of safety that break the rules, old or missing numbers or sources, and what nobody reviewed.
    """
    if kb.safety is None:
        yield _problem(ALARMS_FILE, "alarms are off: people in danger get no numbers; take 'alarms: off' out")
    yield from replies_out_of_rule(kb)
    yield from numbers_out_of_date(kb, today)
    yield from numbers_without_source(kb)
    if not unreviewed_ok:
        yield from unreviewed(kb, today)


def numbers_out_of_date(kb: KnowledgeBase, today: date) -> Iterator[Problem]:
    """Every region has an emergency and a crisis line, and every number was checked in the last half year."""
    for region in kb.safety.regions.values() if kb.safety else ():
        for key, service in (*region.services.items(), *(("more", service) for service in region.more)):
            if key in ALWAYS_THERE and not service.number:
                yield _problem(service.place, f"{region.id}: {key!r} has no number: give one that can be dialled")
            age = (today - date.fromisoformat(service.checked_on)).days
            if service.number and not 0 <= age <= OLDEST_NUMBER:
                message = (
                    f"{region.id}: {key!r} was last checked on {service.checked_on}: check the number, and write when"
                )
                yield _problem(service.place, message)


def numbers_without_source(kb: KnowledgeBase) -> Iterator[Problem]:
    """Every number names the page that it was taken from."""
    for region in kb.safety.regions.values() if kb.safety else ():
        for key, service in (*region.services.items(), *(("more", service) for service in region.more)):
            if service.number and not service.source:
                yield _problem(service.place, f"{region.id}: {key!r} has no source: name the page of the number")


def replies_out_of_rule(kb: KnowledgeBase) -> Iterator[Problem]:
    """A line of safety is one line, with no number but those of answers/regions.yaml and no forbidden wording."""
    for place, name, line in _said(kb):
        for blank in BLANK.findall(line):
            if blank not in SERVICES:
                known = ", ".join("{" + service + "}" for service in SERVICES)
                yield _problem(place, f"{name}: nothing stands for {{{blank}}}: use {known}")
        plain = BLANK.sub("", line)
        if digits := re.search(r"\d[\d -]*", plain):
            message = (
                f"{name}: {digits[0].strip()!r} is no number of answers/regions.yaml: write {{emergency}} or the like"
            )
            yield _problem(place, message)
        if found := FORBIDDEN.search(plain):
            yield _problem(place, f"{name}: {found[0]!r} must not be said to somebody in danger: word it otherwise")
        if "\n" in line:
            yield _problem(place, f"{name}: {line.splitlines()[0]!r} goes on for several lines: list each by itself")


def _said(kb: KnowledgeBase) -> Iterator[tuple[Place, str, str]]:
    """Every line that is said to somebody in danger, with its place and its name."""
    if kb.safety is None:
        return
    for category, reply in kb.safety.replies.items():
        yield from ((reply.place, repr(category), line) for line in dict.fromkeys(_lines(reply)))
    for key, text in kb.safety.voice.items():
        yield from ((kb.safety.places[key], repr(key), line) for line in text.splitlines())
    yield from ((VOICE_FILE, repr(key), kb.voice.get(key, "")) for key in CLOSINGS)


def _lines(reply: SafetyReply) -> Iterator[str]:
    yield from (reply.first, reply.first_third, reply.short_first, reply.crisis, reply.unwell)
    yield from (*reply.full, *reply.short, *reply.more)


def questions_about_nothing(kb: KnowledgeBase, questions: Iterable[Question]) -> Iterator[Problem]:
    """A question of a suite names intents of the base and categories of safety."""
    intents, categories = {*kb.intents, NOTHING}, {*CATEGORIES}
    for question in questions:
        wanted = {*question.intents, *(name for part in question.parts for name in part)} - intents - categories
        unwanted = {*question.must_not} - intents - categories - {ANY_SAFETY}
        for name in sorted(wanted | unwanted):
            yield _problem(question.place, f"{name!r} is no intent of this content: mend the name or take it out")
        if question.safety and question.safety not in categories:
            known = ", ".join(CATEGORIES)
            yield _problem(question.place, f"{question.safety!r} is no category of safety: use {known}")


def unreviewed(kb: KnowledgeBase, today: date) -> Iterator[Problem]:
    """Every entry and every rule of safety has a review that still holds."""
    reviews = [(f"the entry {entry.intent!r}", entry.reviewed, entry.place) for entry in kb.entries.values()]
    reviews += [(f"the rule {r.id!r}", r.reviewed, r.place) for r in (kb.safety.rules if kb.safety else ())]
    for name, review, place in reviews:
        if review is None:
            yield _problem(place, f"{name} is unreviewed: have it read, or accept that with --unreviewed-ok")
        elif review.due < today.isoformat():
            yield _problem(place, f"{name} was to be read again by {review.due}: have it read, and write when")


RULES: tuple[Rule, ...] = (
    contested_phrasings,
    reserved_ids,
    wordless_phrasings,
    wordless_names,
    follow_ups_that_lead_nowhere,
    things_that_nobody_named,
    contested_aliases,
    contested_synonyms,
    sources_that_nobody_holds,
)


def _problem(place: Place, message: str) -> Problem:
    return Problem(place.path, place.line, message)
