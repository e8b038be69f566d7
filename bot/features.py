"""Words and their neighbouring pairs as numbers, and sparse rows of figures for them, in flat arrays.

Flat, since a kept copy with a hundred thousand of them has to be read at every start.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, count, pairwise

EDGE = ""  # stands before the first and after the last word
UNKNOWN = -1  # the number of a word or a pair that was never seen
PAIR_SPACE = 1 << 24  # words that a pair can tell apart; the code of a pair is first word * PAIR_SPACE + second


class Numbering:
    """Every word and every pair of neighbours of many texts with a number: words first, from 0, then pairs."""

    def __init__(self, texts: Iterable[Sequence[str]], others: Iterable[str] = ()) -> None:
        """`texts`: the words of each, in order; `others`: words that stand in no order."""
        texts = list(texts)
        known = dict.fromkeys(chain(chain.from_iterable(texts), others))
        self.words: dict[str, int] = {word: number for number, word in enumerate(dict.fromkeys((EDGE, *known)))}
        self._pairs = array("Q", sorted({code for text in texts for code in self._codes(text)}))
        self.size = len(self.words) + len(self._pairs)

    def word(self, word: str) -> int:
        """The number of a word; UNKNOWN where no text has it."""
        return self.words.get(word, UNKNOWN)

    def pair(self, one: str, other: str) -> int:
        """The number of a pair; UNKNOWN where no text has it."""
        if one not in self.words or other not in self.words:
            return UNKNOWN
        code = self.words[one] * PAIR_SPACE + self.words[other]
        at = bisect_left(self._pairs, code)
        return len(self.words) + at if at < len(self._pairs) and self._pairs[at] == code else UNKNOWN

    def pairs(self, texts: Iterable[Sequence[str]]) -> Iterator[list[int]]:
        """For each of the numbered texts the numbers of its pairs, its edges included, in order."""
        numbers = dict(zip(self._pairs, count(len(self.words))))  # for many, faster than a search for each
        return ([numbers[code] for code in self._codes(text)] for text in texts)

    def _codes(self, text: Sequence[str]) -> Iterable[int]:
        numbers = [0, *map(self.words.__getitem__, text), 0]
        return [one * PAIR_SPACE + other for one, other in pairwise(numbers)]


class Table:
    """A sparse matrix in flat arrays (compressed rows): for every feature some columns, each with a figure."""

    def __init__(self, rows: Mapping[int, Mapping[int, float]], size: int) -> None:
        """`rows`: figures by feature and column, the columns of a row in rising order; `size`: how many features."""
        ordered = [rows.get(feature, {}) for feature in range(size)]
        self._columns = array("I", chain.from_iterable(ordered))
        self._figures = array("f", chain.from_iterable(row.values() for row in ordered))
        self._ends = array("I", (0, *accumulate(map(len, ordered))))

    def arrays(self, feature: int) -> tuple[Sequence[int], Sequence[float]]:
        """The columns of a feature, in rising order, and their figures."""
        if feature < 0:
            return (), ()
        start, stop = self._ends[feature], self._ends[feature + 1]
        return self._columns[start:stop], self._figures[start:stop]

    def row(self, feature: int, first: int = 0, end: int | None = None) -> Iterable[tuple[int, float]]:
        """The columns of a feature from `first` up to, not including, `end`, with their figures, in rising order."""
        if feature < 0:
            return ()
        start, stop = self._ends[feature], self._ends[feature + 1]
        if first:
            start = bisect_left(self._columns, first, start, stop)
        if end is not None:
            stop = bisect_left(self._columns, end, start, stop)
        return zip(self._columns[start:stop], self._figures[start:stop])  # noqa: B905 - of one length by their making

    def at(self, feature: int, column: int) -> float:
        """One figure; 0 where there is none."""
        if feature < 0:
            return 0.0
        end = self._ends[feature + 1]
        at = bisect_left(self._columns, column, self._ends[feature], end)
        return self._figures[at] if at < end and self._columns[at] == column else 0.0
