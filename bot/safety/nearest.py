"""Which phrasing a text resembles most, of those of every category."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from heapq import nlargest
from math import log, sqrt

from bot.features import UNKNOWN, Table, Verbatim

COMMON = 0.05  # of the phrasings; what more of them have finds too many, and is counted only in the length of a text
FEW = 100  # phrasings that a feature may always find
NEAREST = 3  # phrasings of a category that speak for it


class Nearest:
    """Phrasings as weighed features, looked up by those that a text shares with them.

    A feature weighs ln(1 + phrasings / those that have it); likeness is the cosine of the weights.
    """

    def __init__(self, texts: Sequence[tuple[int, frozenset[int]]], features: int, columns: int) -> None:
        """`texts`: of every phrasing its column and its features, each once; `features`: how many there are."""
        having = Counter(feature for _, found in texts for feature in found)
        self._weights = array("d", bytes(8 * features))  # 0 for what no phrasing has
        for feature, times in having.items():
            self._weights[feature] = log(1 + len(texts) / times)
        self._columns = bytes(column for column, _ in texts)
        self._many = columns
        self._verbatim = Verbatim([found for own, found in texts if own == column] for column in range(columns))
        rows: dict[int, dict[int, float]] = defaultdict(dict)
        for number, (_, found) in enumerate(texts):
            length = self._length(found)
            for feature in found:
                if having[feature] <= max(FEW, COMMON * len(texts)):
                    rows[feature][number] = self._weights[feature] / length
        self._table = Table(rows, features)

    def cosines(self, features: frozenset[int]) -> list[float]:
        """For every column the mean cosine of a text with the few phrasings nearest to it, 0 to 1.

        It is 1 where one has the very same features: what an owner wrote down needs no others to speak for it.
        """
        same = self._verbatim.of(features)
        features -= {UNKNOWN}
        length = self._length(features)
        shared: dict[int, float] = defaultdict(float)
        for feature in features:
            weight = self._weights[feature] / length
            for number, figure in self._table.row(feature):
                shared[number] += weight * figure
        by_column: list[list[float]] = [[] for _ in range(self._many)]
        for number, cosine in shared.items():
            by_column[self._columns[number]].append(cosine)
        means = (sum(nlargest(NEAREST, found)) / NEAREST for found in by_column)
        return [1.0 if column in same else mean for column, mean in enumerate(means)]

    def _length(self, features: Collection[int]) -> float:
        return sqrt(sum(self._weights[feature] ** 2 for feature in features)) or 1.0
