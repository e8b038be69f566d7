"""The rules of safety made ready for many messages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.knowledge.examples import Examples
from bot.knowledge.patterns import Pattern
from bot.knowledge.rules import Rule, Safety
from bot.safety.matcher import Found, Matcher, in_order
from bot.safety.spelling import Reader
from bot.safety.stream import Stream
from bot.text import english
from bot.text import words as tokens

USUAL = 3  # phrasings that have a word which careless typing may stand for; what fewer have may be misspelt
HELD = 8  # safety contents that stay prepared; one for each base in use

Elements = tuple[int, ...]  # the numbers of a pattern's elements, in order


class Plan(NamedTuple):
    """A rule, its patterns apart as numbers of elements."""

    rule: Rule
    any: tuple[Elements, ...]
    alone: tuple[Elements, ...]
    require: tuple[Elements, ...]
    context: tuple[Elements, ...]
    block: tuple[Elements, ...]


class Prepared:
    """The rules made ready for many messages."""

    def __init__(self, safety: Safety) -> None:
        self.reader = Reader(
            safety.vocabulary | _usual_words(safety.examples), safety.exceptions, safety.spellings, safety.endings
        )
        of_rules = [p for r in safety.rules for p in r.any + r.alone + r.require + r.context + r.block]
        self.matcher = Matcher([*of_rules, *(p for patterns in safety.signs.values() for p in patterns)])
        self.plans = tuple(self._plan(rule) for rule in safety.rules)
        self.signs = {name: self._numbers(patterns) for name, patterns in safety.signs.items()}
        self._by_element: dict[int, set[tuple[int, Elements]]] = defaultdict(set)  # plans, with the pattern to look for
        size = {
            e: len(element) for p in of_rules for e, element in zip(self.matcher.elements(p), p.elements, strict=True)
        }
        for number, plan in enumerate(self.plans):
            for elements in plan.any:
                self._by_element[min(elements, key=size.__getitem__)].add((number, elements))
            for elements in plan.alone:
                self._by_element[elements[0]].add((number, ()))
        self._figures = Matcher(safety.signs.get("figures", ()))
        self._figure_elements = [self._figures.elements(p) for p in safety.signs.get("figures", ())]

    def _numbers(self, patterns: Sequence[Pattern]) -> tuple[Elements, ...]:
        return tuple(self.matcher.elements(pattern) for pattern in patterns)

    def _plan(self, rule: Rule) -> Plan:
        parts = (rule.any, rule.alone, rule.require, rule.context, rule.block)
        bare = rule._replace(any=(), alone=(), require=(), context=(), block=(), match=(), no_match=())
        return Plan(bare, *(self._numbers(patterns) for patterns in parts))

    def likely(self, found: Found) -> Iterator[Plan]:
        """The plans that may fire, in the order of the files, each with those patterns whose elements were found."""
        patterns: dict[int, list[Elements]] = defaultdict(list)
        for element in found.among(self._by_element):
            for number, elements in self._by_element[element]:
                if all(map(found.__contains__, elements)):
                    patterns[number].append(elements)
        for number in sorted(patterns):
            yield self.plans[number]._replace(any=tuple(sorted(filter(None, patterns[number]))))

    def plain(self, said: Stream) -> Stream:
        """The stream without its figures of speech ("this form is killing me"); their words say nothing here."""
        found = self._figures.find(said)
        spans = (
            span
            for elements in self._figure_elements
            if elements[0] in found
            for span in in_order(elements, found, said, 0)
            if said.sentence[span.start] == said.sentence[span.end - 1]
        )
        silent = {index for span in spans for index in range(span.start, span.end)}
        if not silent:
            return said
        return said._replace(
            keys=tuple(frozenset() if i in silent else readings for i, readings in enumerate(said.keys)),
            joined=tuple(frozenset() if i in silent else readings for i, readings in enumerate(said.joined)),
        )


def _usual_words(examples: Examples) -> set[str]:
    """The English words that several phrasings have: what careless typing may stand for as well."""
    said = Counter(word for found in examples.phrasings.values() for text in found for word in set(tokens(text)))
    return {word for word, times in said.items() if times >= USUAL and word in english()}


@lru_cache(maxsize=HELD)
def prepare(safety: Safety) -> Prepared:
    """The rules made ready; done once for each safety, the first time it is used."""
    return Prepared(safety)
