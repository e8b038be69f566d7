"""Where the patterns of the rules match in a stream of words."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from bot.knowledge.patterns import Pattern, Phrase
from bot.safety.stream import Stream


class Span(NamedTuple):
    """Words from `start` up to, not including, `end`."""

    start: int
    end: int


class Found:
    """Where the elements of a matcher stand in one stream; what nobody asks for is never put together."""

    def __init__(self, ends: Mapping[tuple[int, ...], list[Span]]) -> None:
        """`ends`: the elements that share phrases, with the places of those phrases."""
        self._parts: dict[int, list[list[Span]]] = defaultdict(list)
        for numbers, spans in ends.items():
            for number in numbers:
                self._parts[number].append(spans)
        self._whole: dict[int, Sequence[Span]] = {}

    def __contains__(self, number: int) -> bool:
        return number in self._parts

    def among(self, wanted: Mapping[int, object]) -> set[int]:
        """The elements that were found, of those wanted."""
        return self._parts.keys() & wanted.keys()

    def __getitem__(self, number: int) -> Sequence[Span]:
        """The places of an element in order; none where it was not found."""
        if number not in self._whole:
            parts = self._parts.get(number, [])
            self._whole[number] = parts[0] if len(parts) == 1 else sorted(span for part in parts for span in part)
        return self._whole[number]


# A place in the tree of all phrases: keys lead on to further places, END to the numbers of the elements that end here.
# Plain dictionaries, since a kept copy of a hundred thousand places has to be read at every start.
Node = dict[str, Any]
END = ""


class Matcher:
    """The elements of many patterns, looked up together."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._numbers: dict[frozenset[Phrase], int] = {}
        self._root: Node = {}
        for pattern in patterns:
            for element in pattern.elements:
                self._add(element)
        self._root = drawn_together(self._root, {})

    def __getstate__(self) -> dict[str, object]:
        return {"_root": self._root, "_numbers": {}}  # a kept copy looks up words, and takes no more patterns

    def _add(self, element: frozenset[Phrase]) -> None:
        if element in self._numbers:
            return
        number = self._numbers[element] = len(self._numbers)
        for phrase in element:
            node = self._root
            for key in phrase:
                node = node.setdefault(key, {})
            node[END] = (*node.get(END, ()), number)

    def elements(self, pattern: Pattern) -> tuple[int, ...]:
        """The numbers of a pattern's elements, in order."""
        return tuple(self._numbers[element] for element in pattern.elements)

    def find(self, stream: Stream) -> Found:
        """Every place of every element in the stream."""
        found: dict[tuple[int, ...], list[Span]] = defaultdict(list)
        for start in range(len(stream.keys)):
            open_ = [(self._root, start)]
            while open_:
                node, at = open_.pop()
                for after, end in _onward(node, at, stream):
                    if ends := after.get(END):
                        found[ends].append(Span(start, end))
                    if len(after) > (END in after):
                        open_.append((after, end))
        return Found(found)


def drawn_together(node: Node, known: dict[object, Node]) -> Node:
    """The same tree with like branches kept once: lists within phrases repeat the same words behind many others."""
    branches = {key: branch if key == END else drawn_together(branch, known) for key, branch in node.items()}
    likeness = tuple((key, branch if key == END else id(branch)) for key, branch in sorted(branches.items()))
    return known.setdefault(likeness, branches)


def _onward(node: Node, at: int, stream: Stream) -> Iterator[tuple[Node, int]]:
    """The places of the tree that the word at `at`, or it and its neighbour read as one, lead on to."""
    if at >= len(stream.keys):
        return
    for key in stream.keys[at]:
        if (after := node.get(key)) is not None:
            yield after, at + 1
    for key in stream.joined[at]:
        if (after := node.get(key)) is not None:
            yield after, at + 2


def in_order(elements: Sequence[int], found: Found, stream: Stream, gap: int) -> list[Span]:
    """Where the elements follow each other, with at most `gap` other words between neighbours."""
    reached = list(found[elements[0]])
    for element in elements[1:]:
        if not reached:
            return []
        reached = _followed(reached, found[element], stream.at, gap)
    return reached


def _followed(reached: Sequence[Span], after: Sequence[Span], at: Sequence[int], gap: int) -> list[Span]:
    """The spans of `after` that begin shortly after one of `reached`, from the start of the latest such one."""
    chained: list[Span] = []
    by_end = sorted(reached, key=lambda span: (span.end, span.start))
    first = 0
    for span in after:
        place = at[span.start]
        while first < len(by_end) and at[by_end[first].end - 1] + 1 + gap < place:
            first += 1
        best = -1
        index = first
        while index < len(by_end) and by_end[index].end <= span.start:
            best = max(best, by_end[index].start)
            index += 1
        if best >= 0:
            chained.append(Span(best, span.end))
    return chained


def anyhow(elements: Sequence[int], found: Found, stream: Stream, window: int) -> list[Span]:
    """Where the elements stand within `window` words, in any order and without sharing a word."""
    if not all(element in found for element in elements):
        return []
    events = sorted((span.end, span.start, which) for which, e in enumerate(elements) for span in found[e])
    latest: list[list[Span]] = [[] for _ in elements]
    matches = []
    for end, start, which in events:
        latest[which].append(Span(start, end))
        chosen = _apart(latest, which, Span(start, end))
        if chosen is None:
            continue
        span = Span(min(s.start for s in chosen), max(s.end for s in chosen))
        if stream.at[span.end - 1] - stream.at[span.start] < window:
            matches.append(span)
    return matches


RECENT = 4  # places of an element that are tried; two elements may name the same word


def _apart(latest: Sequence[list[Span]], fixed: int, span: Span) -> list[Span] | None:
    """For each element its latest place that shares no word with those chosen before; None where there is none."""
    chosen = [span]
    for which, places in enumerate(latest):
        if which == fixed:
            continue
        free = (p for p in reversed(places[-RECENT:]) if all(p.end <= c.start or p.start >= c.end for c in chosen))
        place = next(free, None)
        if place is None:
            return None
        chosen.append(place)
    return chosen


def covered(elements: Sequence[int], fillers: Sequence[int], found: Found, words: range) -> bool:
    """Whether `words` hold the one element of a pattern, fillers, and nothing else."""
    inside = [s for e in elements for s in found[e] if s.start in words and s.end - 1 in words]
    if not inside:
        return False
    rest = [s for e in fillers for s in found[e] if s.start in words]
    filled = {index for span in (*inside, *rest) for index in range(span.start, span.end)}
    return all(index in filled for index in words)


def unblocked(spans: Sequence[Span], blocks: Sequence[Span], gap: int) -> Iterator[Span]:
    """The spans that no block overlaps, or stands less than `gap` words away from."""
    ordered = sorted(blocks)
    starts = [block.start for block in ordered]
    reach = list(accumulate((block.end for block in ordered), max))  # how far the blocks up to each one go
    for span in spans:
        before = bisect_left(starts, span.end + gap) - 1
        if before < 0 or reach[before] + gap <= span.start:
            yield span
