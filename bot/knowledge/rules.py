"""The rules of safety, and the replies they call for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from bot.knowledge.examples import ALARM_PHRASINGS, REFUSAL_PHRASINGS, Examples, read_examples
from bot.knowledge.patterns import ENDING, Grammar, Pattern, PatternError, read_patterns, vocabulary
from bot.knowledge.regions import UNKNOWN, NoCountry, read_no_country, read_regions
from bot.knowledge.regions import Region as Region
from bot.knowledge.regions import fill as fill
from bot.knowledge.replies import ALARMS as ALARMS
from bot.knowledge.replies import CATEGORIES as CATEGORIES
from bot.knowledge.replies import FALLBACK, REFUSALS, read_replies
from bot.knowledge.replies import MOST_LINES as MOST_LINES
from bot.knowledge.replies import SafetyReply as SafetyReply
from bot.knowledge.source import Fields
from bot.knowledge.values import Place, Review

Thing = TypeVar("Thing")

GAP, WINDOW = 3, 10  # words: between neighbours of a pattern in order; around a pattern in free order
NO_ALARM = "none"  # in cases: must raise nothing
CASES = {"match": 3, "no_match": 2}  # least number of a rule's own cases


class Rule(NamedTuple):
    """What raises one category, and the cases that show it."""

    id: str
    category: str
    any: tuple[Pattern, ...]
    alone: tuple[Pattern, ...] = ()  # fire where a message or a sentence holds nothing else
    require: tuple[Pattern, ...] = ()  # one must stand in the same sentence
    context: tuple[Pattern, ...] = ()  # one must stand anywhere in the message
    block: tuple[Pattern, ...] = ()  # cancels a match that it stands in
    gap: int = GAP
    window: int = 0  # words; 0 means that the order of the pattern counts
    also: str = ""  # "crisis": the reply carries the crisis line as well
    match: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()
    why: str = ""
    reviewed: Review | None = None
    place: Place = Place(Path(), 0)


@dataclass(frozen=True, eq=False, slots=True)
class Safety:
    """Everything that is needed to screen a message and to answer it."""

    rules: tuple[Rule, ...]
    signs: Mapping[str, tuple[Pattern, ...]]  # figures, filler, distress, third_person, first_person, already_taken
    exceptions: frozenset[str]  # words never read as a misspelling
    spellings: Mapping[str, tuple[str, ...]]  # typed words with what else they may stand for
    endings: tuple[str, ...]  # of words that stand for things of a sort, whatever comes before
    vocabulary: frozenset[str]
    replies: Mapping[str, SafetyReply]
    voice: Mapping[str, str]  # single lines: numbers_line, disclosure, fallback
    regions: Mapping[str, Region]
    fallbacks: Mapping[str, str]  # for each region, ready to send
    examples: Examples
    cases: Mapping[str, tuple[str, ...]]  # by category, or NO_ALARM
    places: Mapping[str, Place]  # of the single lines
    no_country: NoCountry

    def __getstate__(self) -> list[object]:
        """What a kept copy holds: the rules, which `safety.prepare` made ready, are left out."""
        left_out: dict[str, object] = {
            "rules": (),
            "signs": {},
            "vocabulary": frozenset(),
            "examples": None,
            "cases": {},
        }
        return [left_out.get(name, getattr(self, name)) for name in self.__slots__]

    def __setstate__(self, state: list[object]) -> None:
        for name, value in zip(self.__slots__, state, strict=True):
            object.__setattr__(self, name, value)

    def region_id(self, name: str) -> str | None:
        """The id of a region that goes by that id or name, in any case; None where there is none."""
        wanted = name.strip().lower()
        found = (one.id for one in self.regions.values() if wanted in (one.id.lower(), one.label.lower(), *one.names))
        return next(found, None)

    def region(self, name: str) -> Region:
        """The region of that id, or the unknown one."""
        return self.regions.get(name) or self.regions[UNKNOWN]


ENDINGS = "endings"  # the list of all endings of the lexicon
SIGNS = ("figures", "filler", "distress", "third_person", "first_person", "already_taken")


def read_safety(open_file: Callable[[str, str], Fields | None]) -> Safety | None:
    """The safety of a base, or None where a file is missing; every problem is reported through the Fields.

    `open_file(folder, name)` gives the top mapping of a file ("intents", "alarms.yaml"), or None where the base has
    none of that name or it could not be read. Without refusals the alarms stand alone.
    """
    files = [file for name in ("alarms.yaml", "refusals.yaml") if (file := open_file("intents", name))]
    answers = [file for name in ("alarms.yaml", "refusals.yaml") if (file := open_file("answers", name))]
    numbers = open_file("answers", "regions.yaml")
    if not files or not answers or numbers is None:
        return None
    heard = [file for name in (ALARM_PHRASINGS, REFUSAL_PHRASINGS) if (file := open_file("intents", name))]
    lists = {name: tuple(t for t, _ in entries) for file in files for name, entries in _lists(file)}
    lexicon = open_file("intents", "lexicon.yaml")
    endings = tuple(dict.fromkeys(_endings(lexicon))) if lexicon else ()
    lists[ENDINGS] = tuple(ENDING + ending for ending in endings)
    grammar = Grammar(lists)
    _check_lists(files, grammar)
    spellings = {typed: meant for file in files for typed, meant in _spellings(file)}
    exceptions = {text.lower() for file in files for text, _ in file.texts("exceptions")}
    cases = _joined(one for file in files for one in _cases(file))
    signs = _joined((n, read_patterns(grammar, file.texts(n), file.problem)) for file in files for n in SIGNS)
    rules: list[Rule] = []
    for file in files:
        rules.extend(_rules(file, grammar, {rule.id for rule in rules}))
        file.finish()
    patterns = [p for rule in rules for p in rule.any + rule.alone + rule.require + rule.context]
    spoken = vocabulary(lists, [p.text for p in (*patterns, *(p for found in signs.values() for p in found))])
    found = read_replies(answers, dict(reversed(list(_raised(files, heard, rules)))))
    regions = {region.id: region for region in read_regions(numbers)}
    no_country = read_no_country(numbers)
    numbers.finish()
    fallbacks = {region.id: fill(found.voice.get(FALLBACK, ""), region) for region in regions.values()}
    if UNKNOWN not in regions:
        numbers.problem(f"the region {UNKNOWN!r} is missing: it answers where no region is set")
    return Safety(
        tuple(rules), signs, frozenset(exceptions), spellings, endings, spoken, found.by_category, found.voice, regions,
        fallbacks, read_examples(heard, CATEGORIES), cases, found.places, no_country,
    )  # fmt: skip


def _raised(files: Iterable[Fields], heard: Iterable[Fields], rules: Iterable[Rule]) -> Iterator[tuple[str, Place]]:
    """The categories that rules, phrasings and cases can raise, with where."""
    yield from ((rule.category, rule.place) for rule in rules)
    for key, sources in (("phrasings", heard), ("cases", files)):
        for file in sources:
            found = file.child(key)
            for name in found.names() if found else ():
                yield name, Place(file.path, found.line_of(name) if found else 0)


def _endings(lexicon: Fields) -> Iterator[str]:
    for _, entity in lexicon.mappings("entities"):
        yield from (ending.lower() for ending, _ in entity.texts("endings"))


def _joined(found: Iterable[tuple[str, tuple[Thing, ...]]]) -> dict[str, tuple[Thing, ...]]:
    """What several files hold under one name, in order."""
    joined: dict[str, tuple[Thing, ...]] = {}
    for name, things in found:
        joined[name] = (*joined.get(name, ()), *things)
    return joined


def _lists(file: Fields) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    found = file.child("lists")
    if found is None:
        return
    for name in found.names():
        yield name, found.texts(name)


def _cases(file: Fields) -> Iterator[tuple[str, tuple[str, ...]]]:
    found = file.child("cases")
    for name in found.names() if found else ():
        if found and name not in (*CATEGORIES, NO_ALARM):
            found.problem(f"{name!r} is no category: use {', '.join(CATEGORIES)} or {NO_ALARM}", found.line_of(name))
        yield name, tuple(text for text, _ in found.texts(name)) if found else ()


def _spellings(file: Fields) -> Iterator[tuple[str, tuple[str, ...]]]:
    found = file.child("spellings")
    for typed in found.names() if found else ():
        yield typed.lower(), tuple(text for text, _ in found.texts(typed)) if found else ()


def _check_lists(files: Sequence[Fields], grammar: Grammar) -> None:
    for file in files:
        lists = file.child("lists")
        for name in lists.names() if lists else ():
            try:
                grammar.list(name)
            except PatternError as error:
                file.problem(str(error), lists.line_of(name) if lists else None)


def _rules(file: Fields, grammar: Grammar, taken: set[str]) -> Iterator[Rule]:
    allowed = ALARMS if file.path.name == "alarms.yaml" else REFUSALS
    for fields in file.records("rules"):
        rule = _rule(fields, grammar, allowed)
        if rule.id in taken:
            fields.problem(f"the rule id {rule.id!r} stands here a second time: ids name rules in logs, keep each once")
        taken.add(rule.id)
        yield rule


def _rule(fields: Fields, grammar: Grammar, allowed: tuple[str, ...]) -> Rule:
    def patterns(key: str) -> tuple[Pattern, ...]:
        return read_patterns(grammar, fields.texts(key), fields.problem)

    rule = Rule(
        id=fields.text("id", required=True),
        category=fields.choice("category", allowed),
        any=patterns("any"),
        alone=patterns("alone"),
        require=patterns("require"),
        context=patterns("context"),
        block=patterns("block"),
        gap=_whole(fields, "gap", GAP),
        window=_whole(fields, "window", 0),
        also=fields.choice("also", ("crisis",)),
        match=tuple(text for text, _ in fields.texts("match")),
        no_match=tuple(text for text, _ in fields.texts("no_match")),
        why=fields.text("why", required=True),
        reviewed=read_review(fields),
        place=Place(fields.path, fields.line),
    )
    if not rule.category:
        fields.problem(f"{rule.id!r} needs a category: {', '.join(allowed)}")
    if not rule.any and not rule.alone:
        fields.problem(f"{rule.id!r} can never fire: write patterns under 'any'")
    if rule.block and rule.category in ALARMS:
        fields.problem(f"{rule.id!r} must not use 'block': narrow an alarm with 'require'", fields.line_of("block"))
    for key, least in CASES.items():
        if len(getattr(rule, key)) < least:
            fields.problem(f"{rule.id!r} needs {least} cases under {key!r}", fields.line_of(key))
    fields.finish()
    return rule


def _whole(fields: Fields, key: str, default: int) -> int:
    text = fields.text(key)
    if text.isdecimal() and int(text) <= 60:
        return int(text)
    if text:
        fields.problem(f"{key!r} must be a number of words from 0 to 60, not {text!r}", fields.line_of(key))
    return default


def read_review(fields: Fields) -> Review | None:
    """Who reviewed it; None, which has to be written, where nobody did."""
    review = fields.child("reviewed")
    if review is None:
        return None
    found = Review(*(review.text(key, required=True) for key in ("on", "role", "due")))
    review.finish()
    return found
