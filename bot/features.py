"""Words and the runs of neighbours that they form as numbers, and sparse rows of figures for them, in flat arrays.

Flat, since a kept copy with a hundred thousand of them has to be read at every start.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, count, pairwise

EDGE = ""  # stands before the first and after the last word
UNKNOWN = -1  # the number of a word or a run that was never seen
RUN_SPACE = 1 << 24  # words that a run can tell apart: its code is the number of all but the last * this + the last


class Numbering:
    """Every word and every run of neighbours of many texts with a number: words first, from 0, then pairs, triples."""

    def __init__(self, texts: Iterable[Sequence[str]], others: Iterable[str] = (), longest: int = 2) -> None:
        """`texts`: the words of each, in order; `others`: words that stand in no order; `longest`: words of a run."""
        texts = list(texts)
        known = dict.fromkeys(chain(chain.from_iterable(texts), others))
        self.words: dict[str, int] = {word: number for number, word in enumerate(dict.fromkeys((EDGE, *known)))}
        self._codes: list[array[int]] = []  # of pairs, of triples, …, each in rising order
        self.size = len(self.words)
        for length in range(2, longest + 1):
            codes = array("Q", sorted(set(chain.from_iterable(self._coded(texts, length)))))
            self._codes.append(codes)
            self.size += len(codes)

    def word(self, word: str) -> int:
        """The number of a word; UNKNOWN where no text has it."""
        return self.words.get(word, UNKNOWN)

    def run(self, *words: str) -> int:
        """The number of a run of neighbours, two words at least; UNKNOWN where no text has it."""
        if len(words) > len(self._codes) + 1:
            return UNKNOWN
        number, start = self.words.get(words[0], UNKNOWN), len(self.words)
        for codes, word in zip(self._codes, words[1:], strict=False):
            last = self.words.get(word, UNKNOWN)
            if UNKNOWN in (number, last):
                return UNKNOWN
            code = number * RUN_SPACE + last
            at = bisect_left(codes, code)
            number = start + at if at < len(codes) and codes[at] == code else UNKNOWN
            start += len(codes)
        return number

    def runs(self, texts: Iterable[Sequence[str]], length: int = 2) -> Iterator[list[int]]:
        """For each of the numbered texts the numbers of its runs of so many words, its edges included, in order."""
        start = len(self.words) + sum(map(len, self._codes[: length - 2]))
        numbers = dict(zip(self._codes[length - 2], count(start)))  # for many, faster than a search for each
        return (list(map(numbers.__getitem__, codes)) for codes in self._coded(list(texts), length))

    def _coded(self, texts: Sequence[Sequence[str]], length: int) -> Iterator[list[int]]:
        """For each text the codes of its runs of so many words."""
        rows = ([0, *map(self.words.__getitem__, text), 0] for text in texts)
        if length == 2:
            return ([one * RUN_SPACE + other for one, other in pairwise(row)] for row in rows)
        pairs = zip(self.runs(texts, length - 1), rows, strict=True)
        return ([one * RUN_SPACE + other for one, other in zip(runs, row[length - 1 :])] for runs, row in pairs)  # noqa: B905


class Verbatim:
    """Which groups have a text of the very same features."""

    def __init__(self, groups: Iterable[Iterable[Iterable[int]]]) -> None:
        """`groups`: for every group the features of its texts. Kept are hashes, 12 bytes a text."""
        found = sorted((hash(frozenset(text)), group) for group, texts in enumerate(groups) for text in texts)
        self._hashes = array("q", (value for value, _ in found))  # of numbers, and so the same in every process
        self._groups = array("I", (group for _, group in found))

    def of(self, features: Iterable[int]) -> Sequence[int]:
        """The groups, one for each such text; too many only where two hashes are the same by chance."""
        sought = hash(frozenset(features))
        return self._groups[bisect_left(self._hashes, sought) : bisect_right(self._hashes, sought)]


class Blocks:
    """Sparse texts in groups, in flat arrays: of every group its features, and of each the texts with a figure."""

    def __init__(self, groups: Iterable[Iterable[Mapping[int, float]]]) -> None:
        """`groups`: for every group its texts, each with figures by feature."""
        self._features, self._texts, self._figures = array("I"), array("I"), array("f")
        self._starts, self._ends, self._sizes = array("I", [0]), array("I", [0]), array("I")
        for texts in groups:
            self._add(list(texts))

    def _add(self, texts: Sequence[Mapping[int, float]]) -> None:
        rows: dict[int, list[int]] = defaultdict(list)
        for number, text in enumerate(texts):
            for feature in text:
                rows[feature].append(number)
        for feature in sorted(rows):
            self._features.append(feature)
            self._texts.extend(rows[feature])
            self._figures.extend(texts[number][feature] for number in rows[feature])
            self._ends.append(len(self._texts))
        self._starts.append(len(self._features))
        self._sizes.append(len(texts))

    def size(self, group: int) -> int:
        """How many texts a group has."""
        return self._sizes[group]

    def products(self, group: int, weights: Iterable[tuple[int, float]]) -> list[float]:
        """For every text of a group the sum of its figures times the weights of their features."""
        first, end = self._starts[group], self._starts[group + 1]
        sums = [0.0] * self._sizes[group]
        for feature, weight in weights:
            at = bisect_left(self._features, feature, first, end)
            if at < end and self._features[at] == feature:
                start, stop = self._ends[at], self._ends[at + 1]
                for text, figure in zip(self._texts[start:stop], self._figures[start:stop]):  # noqa: B905 - of one length
                    sums[text] += weight * figure
        return sums

    def having(self, group: int, feature: int) -> int:
        """How many texts of a group have a feature."""
        start, stop = self._row(group, feature)
        return stop - start

    def at(self, group: int, text: int, feature: int) -> float:
        """One figure; 0 where there is none."""
        start, stop = self._row(group, feature)
        at = bisect_left(self._texts, text, start, stop)
        return self._figures[at] if at < stop and self._texts[at] == text else 0.0

    def _row(self, group: int, feature: int) -> tuple[int, int]:
        """Where the figures of a feature in a group start and end."""
        end = self._starts[group + 1]
        at = bisect_left(self._features, feature, self._starts[group], end)
        found = at < end and self._features[at] == feature
        return (self._ends[at], self._ends[at + 1]) if found else (0, 0)


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

    def figures(self, feature: int) -> Sequence[float]:
        """The figures of a feature."""
        return self._figures[self._ends[feature] : self._ends[feature + 1]] if feature >= 0 else ()

    def row(self, feature: int) -> Iterable[tuple[int, float]]:
        """The columns of a feature, in rising order, with their figures."""
        if feature < 0:
            return ()
        start, stop = self._ends[feature], self._ends[feature + 1]
        return zip(self._columns[start:stop], self._figures[start:stop])  # noqa: B905 - of one length by their making

    def at(self, feature: int, column: int) -> float:
        """One figure; 0 where there is none."""
        if feature < 0:
            return 0.0
        end = self._ends[feature + 1]
        at = bisect_left(self._columns, column, self._ends[feature], end)
        return self._figures[at] if at < end and self._columns[at] == column else 0.0
