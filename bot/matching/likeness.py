"""Words that are spelt alike, and so may have to do with one another: "payment" and "repay"."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain

LEAST = 0.3  # Dice coefficient of the letter groups from which words count as alike
MOST = 3  # words that one word is like at most
GROUPS = (3, 4)  # letters of a group; a word's edges count as letters
CACHED = 65_536


class Likeness:
    """The words of a base that are spelt most like a given word."""

    def __init__(self, known: Iterable[str]) -> None:
        """`known`: the words of the base, as stems."""
        having: dict[str, list[int]] = defaultdict(list)
        self._words = list(known)
        self._sizes = array("I")  # groups of each word
        for number, word in enumerate(self._words):
            groups = letter_groups(word)
            self._sizes.append(len(groups))
            for group in groups:
                having[group].append(number)
        self._groups = {group: number for number, group in enumerate(having)}
        self._having = array("I", chain.from_iterable(having.values()))  # the words of each group, one after another
        self._ends = array("I", (0, *accumulate(map(len, having.values()))))
        self._found: dict[str, tuple[tuple[str, float], ...]] = {}

    def of(self, word: str) -> tuple[tuple[str, float], ...]:
        """Up to MOST other words that are like a word, each with the Dice coefficient, 0 to 1; best first."""
        found = self._found.get(word)
        if found is None:
            if len(self._found) >= CACHED:
                self._found.clear()
            found = self._found[word] = self._of(word)
        return found

    def _of(self, word: str) -> tuple[tuple[str, float], ...]:
        groups = letter_groups(word)
        shared = Counter(chain.from_iterable(map(self._with, groups)))
        least = LEAST * len(groups) / 2  # groups that a word must share to be alike, even if it had no others
        alike = (
            (self._words[number], 2 * count / (len(groups) + self._sizes[number]))
            for number, count in shared.items()
            if count > least
        )
        best = sorted((-dice, other) for other, dice in alike if dice >= LEAST and other != word)
        return tuple((other, -dice) for dice, other in best[:MOST])

    def _with(self, group: str) -> Sequence[int]:
        """The numbers of the words that have a group of letters."""
        number = self._groups.get(group)
        return () if number is None else self._having[self._ends[number] : self._ends[number + 1]]


def letter_groups(word: str) -> set[str]:
    """The groups of neighbouring letters of a word, its edges marked."""
    marked = f"^{word}$"
    return {marked[at : at + size] for size in GROUPS for at in range(len(marked) - size + 1)}
