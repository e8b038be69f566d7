"""Misspelt words, read as words that the base knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

CUT = 0.72  # least OSA similarity of a correction; 0.78 lost 2 points of misspelt questions, 0.66 half a point
SHORTEST = 3  # letters; shorter words are one slip away from half the vocabulary
CACHED = 65_536  # corrections kept; people misspell the same words
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
POSITIONS = {key: (x + y / 2, y) for y, row in enumerate(ROWS) for x, key in enumerate(row)}


class Speller:
    """Finds the known word that a misspelt one stands for.

    Known words that lie one slip away are found through an index of deletions (Garbe's symmetric deletion); others,
    up to the cut, by optimal string alignment over the words of like length. Ties go to the slip that a hand on a
    keyboard makes, then to the more frequent word, then to the alphabet.
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

    def correct(self, typed: str) -> tuple[str, float] | None:
        """The known word closest to a typed one and its OSA similarity, 0 to 1; None where none is close enough."""
        if typed not in self._corrections:
            if len(self._corrections) >= CACHED:
                self._corrections.clear()
            self._corrections[typed] = self._correct(typed)
        return self._corrections[typed]

    def _correct(self, typed: str) -> tuple[str, float] | None:
        if len(typed) < SHORTEST or not typed.isalpha():
            return None
        found = self._one_slip_away(typed) or self._alike(typed)
        if not found:
            return None
        best = max(similarity for _, similarity in found)
        tied = [word for word, similarity in found if similarity == best]
        return min(tied, key=lambda word: (slip_cost(typed, word), -self._frequencies[word], word)), best

    def _one_slip_away(self, typed: str) -> list[tuple[str, float]]:
        if not self._by_deletion:
            self._by_deletion = index_of_deletions(chain.from_iterable(self._by_length.values()))
        near = set(chain.from_iterable(self._by_deletion.get(cut, ()) for cut in (typed, *deletions(typed))))
        if typed in self._frequencies:
            near.add(typed)
        near.update(word for cut in deletions(typed) for word in self._by_length.get(len(cut), ()) if word == cut)
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
    """How unlikely a hand on a QWERTY keyboard slips from `word` to `typed`: 0 for a doubled or a neighbouring key."""
    edits = Levenshtein.editops(typed, word)
    return sum((_edit_cost(typed, word, edit.tag, edit.src_pos, edit.dest_pos) for edit in edits), 0.0)


def _edit_cost(typed: str, word: str, kind: str, at: int, to: int) -> float:
    if kind == "replace":
        return 0.0 if _neighbours(typed[at], word[to]) else 1.0
    if kind == "delete":  # a letter too many
        around = typed[max(0, at - 1) : at] + typed[at + 1 : at + 2]
        return 0.0 if any(key == typed[at] or _neighbours(key, typed[at]) for key in around) else 0.5
    doubled = word[to] in word[max(0, to - 1) : to] + word[to + 1 : to + 2]
    return 0.0 if doubled else 0.5


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
