"""One message under the rules: which fire, where, and what else it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import groupby, product

from bot.knowledge.rules import Rule
from bot.safety.counts import Sentence, stems
from bot.safety.matcher import Found, Span, anyhow, covered, in_order, unblocked
from bot.safety.prepared import Elements, Plan, Prepared
from bot.safety.spelling import Reader
from bot.safety.stream import Stream, stream

NEIGHBOURS = 1  # words on either side of where a rule fired that are looked at with it
MOST_ALONE = 12  # words; a longer sentence says more than one bare word


class Look:
    """One message under the rules."""

    def __init__(
        self, message: str, prepared: Prepared, meant: Callable[[str], str], reader: Reader | None = None
    ) -> None:
        """`meant`: what a word most likely stands for; `reader`: of the words, in the place of that of the rules."""
        self._message = message
        self._meant = meant
        self._prepared = prepared
        self.stream: Stream = prepared.plain(stream(message, reader or prepared.reader))
        self._found: Found = prepared.matcher.find(self.stream)

    def said(self) -> list[Sentence]:
        """The stems of every sentence as they are most likely meant, figures of speech left out.

        Of a message without a letter or digit nothing: an emoji has a name, and says little by it alone.
        """
        if not any(map(str.isalnum, self._message)):
            return []
        words, keys = self.stream.words, self.stream.keys
        return [stems(self._meant(words[at]) for at in sentence if keys[at]) for sentence in self._sentences()]

    def around(self, span: Span) -> Iterator[Sentence]:
        """The stems of some words as they are most likely meant, without and with their neighbours."""
        for before, after in product((0, NEIGHBOURS), repeat=2):
            yield stems(map(self._meant, self.stream.words[max(0, span.start - before) : span.end + after]))

    def sentence_length(self, span: Span) -> int:
        """How many words the sentence has in which a span begins."""
        return self.stream.sentence.count(self.stream.sentence[span.start])

    def fired(self) -> Iterator[tuple[Rule, list[Span]]]:
        """Every rule that fires, and where."""
        for plan in self._prepared.likely(self._found):
            if spans := self.matches(plan):
                yield plan.rule, spans

    @cached_property
    def likely(self) -> frozenset[str]:
        """The ids of the rules that fire where every word is taken for the one that it most likely stands for."""
        settled = Look(self._message, self._prepared, self._meant, self._prepared.reader.settled(self._meant))
        return frozenset(rule.id for rule, _ in settled.fired())

    @cached_property
    def bare(self) -> frozenset[str]:
        """The ids of the rules that fire since a sentence, or the message, holds nothing else."""
        return frozenset(plan.rule.id for plan in self._prepared.likely(self._found) if any(self._alone(plan.alone)))

    def matches(self, plan: Plan) -> list[Span]:
        """Where a rule fires."""
        gap, window = plan.rule.gap, plan.rule.window
        spans = [span for elements in plan.any for span in self._places(elements, gap, window)]
        spans.extend(self._alone(plan.alone))
        if spans and plan.context and not any(self._places(elements, gap) for elements in plan.context):
            return []
        if spans and plan.require:
            wanted = self._sentences_of(plan.require, gap)
            spans = [s for s in spans if wanted & {self.stream.sentence[i] for i in range(s.start, s.end)}]
        if spans and plan.block:
            blocks = [block for elements in plan.block for block in self._places(elements, gap)]
            spans = list(unblocked(spans, blocks, gap))
        return spans

    def sign(self, name: str, sentences: set[int] | None) -> bool:
        """Whether one of the patterns of a sign stands in the sentences, or anywhere."""
        return any(
            sentences is None or self.stream.sentence[span.start] in sentences
            for elements in self._prepared.signs.get(name, ())
            for span in self._places(elements, 1)
        )

    def _places(self, elements: Elements, gap: int, window: int = 0) -> list[Span]:
        if not all(element in self._found for element in elements):
            return []
        if window and len(elements) > 1:
            return anyhow(elements, self._found, self.stream, window)
        return in_order(elements, self._found, self.stream, gap)

    def _sentences_of(self, patterns: Sequence[Elements], gap: int) -> set[int]:
        spans = (span for elements in patterns for span in self._places(elements, gap))
        return {self.stream.sentence[i] for span in spans for i in range(span.start, span.end)}

    def _alone(self, patterns: Sequence[Elements]) -> Iterator[Span]:
        wanted = [element for elements in patterns for element in elements]
        if not any(element in self._found for element in wanted):
            return
        fillers = [element for elements in self._prepared.signs.get("filler", ()) for element in elements]
        for words in (range(len(self.stream.words)), *self._sentences()):
            if len(words) <= MOST_ALONE and covered(wanted, fillers, self._found, words):
                yield Span(words.start, words.stop)

    def _sentences(self) -> Iterator[range]:
        """The places of the words of every sentence."""
        for _, group in groupby(range(len(self.stream.words)), key=self.stream.sentence.__getitem__):
            places = list(group)
            yield range(places[0], places[-1] + 1)
