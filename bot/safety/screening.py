"""Which messages must be answered before anything is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from bot.knowledge.patterns import Pattern
from bot.knowledge.rules import CATEGORIES, Rule, Safety
from bot.safety.matcher import Found, Matcher, Span, anyhow, covered, in_order
from bot.safety.spelling import Reader
from bot.safety.stream import Stream, stream

MOST_ALONE = 12  # words; a longer sentence says more than one bare word
HELD = 8  # safety contents that stay prepared; one for each base in use


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a message raised, and which rules raised it."""

    category: str
    rules: tuple[str, ...]
    third_person: bool = False  # it is about somebody other than the writer
    also_crisis: bool = False  # the crisis line belongs into the reply as well
    also_unwell: bool = False  # something was already taken


class Prepared:
    """The rules made ready for many messages."""

    def __init__(self, safety: Safety) -> None:
        self.rules = safety.rules
        self.reader = Reader(safety.vocabulary, safety.exceptions, safety.spellings)
        self.signs = {name: patterns for name, patterns in safety.signs.items()}
        self.figures = Matcher(self.signs.get("figures", ()))
        of_rules = [p for r in safety.rules for p in r.any + r.alone + r.require + r.context + r.block]
        self.matcher = Matcher([*of_rules, *(p for patterns in self.signs.values() for p in patterns)])
        self.elements = {p: self.matcher.elements(p) for p in of_rules} | {
            p: self.matcher.elements(p) for patterns in self.signs.values() for p in patterns
        }

    def plain(self, said: Stream) -> Stream:
        """The stream without its figures of speech ("this form is killing me"); their words say nothing here."""
        found = self.figures.find(said)
        spans = (
            span
            for pattern in self.signs.get("figures", ())
            for span in in_order(self.figures.elements(pattern), found, said, 0)
            if said.sentence[span.start] == said.sentence[span.end - 1]
        )
        silent = {index for span in spans for index in range(span.start, span.end)}
        if not silent:
            return said
        return replace(
            said,
            keys=tuple(frozenset() if i in silent else readings for i, readings in enumerate(said.keys)),
            joined=tuple(frozenset() if i in silent else readings for i, readings in enumerate(said.joined)),
        )


@lru_cache(maxsize=HELD)
def prepare(safety: Safety) -> Prepared:
    """The rules made ready; done once for each safety, the first time it is used."""
    return Prepared(safety)


def screen(message: str, safety: Safety) -> Alarm | None:
    """The alarm that a message raises, or None: the whole of it and every sentence. Linear in its length."""
    look = Look(message, prepare(safety))
    fired = [(rule, spans) for rule in safety.rules if (spans := look.matches(rule))]
    if not fired:
        return None
    category = min((rule.category for rule, _ in fired), key=CATEGORIES.index)
    first = [(rule, spans) for rule, spans in fired if rule.category == category]
    sentences = {look.stream.sentence[i] for _, spans in first for s in spans for i in range(s.start, s.end)}
    crisis = category != "suicide_crisis" and any(r.category == "suicide_crisis" or r.also for r, _ in fired)
    return Alarm(
        category=category,
        rules=tuple(rule.id for rule, _ in fired),
        third_person=look.sign("third_person", sentences) and not look.sign("first_person", sentences),
        also_crisis=crisis,
        also_unwell=look.sign("already_taken", None),
    )


def distress(message: str, safety: Safety) -> bool:
    """Whether a message holds a word of distress, whatever the rules say."""
    return Look(message, prepare(safety)).sign("distress", None)


class Look:
    """One message under the rules."""

    def __init__(self, message: str, prepared: Prepared) -> None:
        self._prepared = prepared
        self.stream: Stream = prepared.plain(stream(message, prepared.reader))
        self._found: Found = prepared.matcher.find(self.stream)

    def matches(self, rule: Rule) -> list[Span]:
        """Where a rule fires."""
        spans = [span for pattern in rule.any for span in self._places(pattern, rule, rule.window)]
        spans.extend(self._alone(rule.alone))
        if spans and rule.context and not any(self._places(p, rule) for p in rule.context):
            return []
        if spans and rule.require:
            wanted = self._sentences_of(rule.require, rule)
            spans = [s for s in spans if wanted & {self.stream.sentence[i] for i in range(s.start, s.end)}]
        if spans and rule.block:
            blocks = [b for pattern in rule.block for b in self._places(pattern, rule)]
            spans = [
                s for s in spans if not any(b.start < s.end + rule.gap and s.start < b.end + rule.gap for b in blocks)
            ]
        return spans

    def sign(self, name: str, sentences: set[int] | None) -> bool:
        """Whether one of the patterns of a sign stands in the sentences, or anywhere."""
        for pattern in self._prepared.signs.get(name, ()):
            for span in in_order(self._prepared.elements[pattern], self._found, self.stream, 1):
                if sentences is None or self.stream.sentence[span.start] in sentences:
                    return True
        return False

    def _places(self, pattern: Pattern, rule: Rule, window: int = 0) -> list[Span]:
        elements = self._prepared.elements[pattern]
        if not all(element in self._found for element in elements):
            return []
        if window and len(elements) > 1:
            return anyhow(elements, self._found, self.stream, window)
        return in_order(elements, self._found, self.stream, rule.gap)

    def _sentences_of(self, patterns: Sequence[Pattern], rule: Rule) -> set[int]:
        spans = (span for pattern in patterns for span in self._places(pattern, rule))
        return {self.stream.sentence[i] for span in spans for i in range(span.start, span.end)}

    def _alone(self, patterns: Sequence[Pattern]) -> Iterator[Span]:
        wanted = [e for p in patterns for e in self._prepared.elements[p]]
        if not any(element in self._found for element in wanted):
            return
        fillers = [e for p in self._prepared.signs.get("filler", ()) for e in self._prepared.elements[p]]
        for words in self._stretches():
            if len(words) <= MOST_ALONE and covered(wanted, fillers, self._found, words):
                yield Span(words.start, words.stop)

    def _stretches(self) -> Iterator[range]:
        """The words of every sentence, and of the message."""
        yield range(len(self.stream.words))
        for _, group in groupby(range(len(self.stream.words)), key=self.stream.sentence.__getitem__):
            indexes = list(group)
            yield range(indexes[0], indexes[-1] + 1)
