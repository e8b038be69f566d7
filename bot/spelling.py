"""Misspelt words, read as words that the base knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from math import log

from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

CUT = 0.72  # least OSA similarity of a correction; 0.78 lost 2 points of misspelt questions, 0.66 half a point
SHORTEST = 3  # letters; shorter words are one slip away from half the vocabulary
CACHED = 65_536  # corrections kept; people misspell the same words
SWAPPED = LEFT_OUT = 0.0
BESIDE, ELSEWHERE, SEVERAL = 2.0, 7.0, 10.0  # costs of slips, found on training phrasings outside the draw
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
POSITIONS = {key: (x + y / 2, y) for y, row in enumerate(ROWS) for x, key in enumerate(row)}


class Speller:
    """Finds the known word that a misspelt one stands for.

    Known words that lie one slip away are found through an index of deletions (Garbe's symmetric deletion); others,
    up to the cut, by optimal string alignment over the words of like length. Among these the likeliest is meant: the
    one with the greatest log of its frequency less the cost of the slip; ties go to the alphabet.
    """

    def __init__(self, frequencies: Mapping[str, int]) -> None:
        """`frequencies`: how often each known word, in lower case, stands in the base."""
        self._frequencies = frequencies
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(frequencies):
            if len(word) >= SHORTEST and word.isalpha():
                self._by_length[len(word)].append(word)
        self._by_deletion: dict[str, list[str]] = {}  # made when first needed: most questions are well spelt
        self._corrections: dict[str, tuple[str, float] | None] = {}

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_by_deletion": {}, "_corrections": {}}  # a kept copy makes them when first needed

    def correct(self, typed: str) -> tuple[str, float] | None:
        """The known word closest to a typed one and its OSA similarity, 0 to 1; None where none is close enough."""
        if typed in self._frequencies:
            return typed, 1.0
        if len(self._corrections) >= CACHED:
            self._corrections.clear()
        try:
            return self._corrections[typed]
        except KeyError:  # not yet known, or forgotten by another thread
            found = self._corrections[typed] = self._correct(typed)
            return found

    def _correct(self, typed: str) -> tuple[str, float] | None:
        if len(typed) < SHORTEST or not typed.isalpha():
            return None
        found = self._one_slip_away(typed) or self._alike(typed)
        return min(found, key=lambda fit: (self._cost(typed, fit[0]), fit[0]), default=None)

    def _cost(self, typed: str, word: str) -> float:
        return slip_cost(typed, word) - log(self._frequencies[word])

    def _one_slip_away(self, typed: str) -> list[tuple[str, float]]:
        if not self._by_deletion:
            self._by_deletion = index_of_deletions(chain.from_iterable(self._by_length.values()))
        cuts = (typed, *deletions(typed))
        near = set(chain.from_iterable(self._by_deletion.get(cut, ()) for cut in cuts))
        near.update(cut for cut in cuts if cut in self._frequencies and len(cut) >= SHORTEST)
        close = ((word, OSA.normalized_similarity(typed, word)) for word in near if OSA.distance(typed, word) <= 1)
        return [(word, similarity) for word, similarity in close if similarity >= CUT]

    def _alike(self, typed: str) -> list[tuple[str, float]]:
        least, most = round(len(typed) * CUT), round(len(typed) / CUT)
        words = chain.from_iterable(self._by_length.get(length, ()) for length in range(least, most + 1))
        found = process.extract(
            typed, list(words), scorer=OSA.normalized_similarity, score_cutoff=CUT, limit=None, processor=None
        )
        return [(word, similarity) for word, similarity, _ in found]


def index_of_deletions(known: Iterable[str]) -> dict[str, list[str]]:
    """Every word with one letter left out, and the words it comes from."""
    index: dict[str, list[str]] = defaultdict(list)
    for word in known:
        for shorter in deletions(word):
            index[shorter].append(word)
    return index


def deletions(word: str) -> set[str]:
    """The word with each one of its letters left out."""
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def slip_cost(typed: str, word: str) -> float:
    """How unlikely it is that `typed` stands for `word`, in units of the log of a word's frequency.

    Letters swapped or left out are the commonest slips; then a key hit twice, or the one beside it; a letter from
    across the keyboard is rare, and more than one slip rarer.
    """
    if OSA.distance(typed, word, score_cutoff=1) > 1:
        return SEVERAL
    if len(typed) < len(word):
        return LEFT_OUT
    edit, *more = list(Levenshtein.editops(typed, word))
    if more:  # two edits of Levenshtein's that are one swap
        return SWAPPED
    at, key = edit.src_pos, typed[edit.src_pos]
    if edit.tag == "replace":
        return BESIDE if _neighbours(key, word[edit.dest_pos]) else ELSEWHERE
    around = (*typed[max(0, at - 1) : at], *typed[at + 1 : at + 2])
    return BESIDE if any(other == key or _neighbours(key, other) for other in around) else ELSEWHERE


def neighbours(key: str) -> str:
    """The letters beside a key of the keyboard, in the order of the alphabet; none beside what is no letter.

    >>> neighbours("a"), neighbours("p")
    ('qswz', 'lo')
    """
    return "".join(sorted(other for other in POSITIONS if other != key and _neighbours(key, other)))


def _neighbours(one: str, other: str) -> bool:
    if one not in POSITIONS or other not in POSITIONS:
        return False
    (x, y), (u, v) = POSITIONS[one], POSITIONS[other]
    return abs(x - u) <= 1 and abs(y - v) <= 1


def frequencies_of(texts: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """How often each word stands in tokenised texts."""
    counts: dict[str, int] = defaultdict(int)
    for word in chain.from_iterable(texts):
        counts[word] += 1
    return dict(counts)
