"""Rows of numbered figures."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import accumulate, chain


class Table:
    """A sparse matrix in flat arrays (compressed rows): for every feature some columns, each with a figure."""

    def __init__(self, rows: Mapping[int, Mapping[int, float]], size: int) -> None:
        """`rows`: figures by feature and column, the columns of a row in rising order; `size`: how many features."""
        ordered = [rows.get(feature, {}) for feature in range(size)]
        self._columns = array("I", chain.from_iterable(ordered))
        self._figures = array("f", chain.from_iterable(row.values() for row in ordered))
        self._ends = array("I", (0, *accumulate(map(len, ordered))))

    def row(self, feature: int, first: int = 0, end: int | None = None) -> Iterable[tuple[int, float]]:
        """The columns of a feature from `first` up to, not including, `end`, with their figures, in rising order."""
        if feature < 0:
            return ()
        start, stop = self._ends[feature], self._ends[feature + 1]
        if first:
            start = bisect_left(self._columns, first, start, stop)
        if end is not None:
            stop = bisect_left(self._columns, end, start, stop)
        return zip(self._columns[start:stop], self._figures[start:stop], strict=True)

    def at(self, feature: int, column: int) -> float:
        """One figure; 0 where there is none."""
        return next((figure for _, figure in self.row(feature, column, column + 1)), 0.0)
