"""Words as people in distress type them, read as the words that the rules know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from typing import TYPE_CHECKING

from bot.compiled import Packed
from bot.knowledge.patterns import ENDING, keys
from bot.text import CONTRACTIONS, english, stem

if TYPE_CHECKING:
    from bot.safety.slips import Slips

CACHED = 65_536  # words; people misspell the same ones
LONGEST = 24  # letters; longer runs are not words
SHORTEST_STEM = 3  # letters of a word whose endings are known too
SHORTEST_RUN = 8  # letters of words run together ("killmyself")
SINGLE = {
    "m": "my me am",
    "t": "to it",
    "s": "is",
    "f": "of if",
    "h": "he",
    "b": "be",
    "c": "see",
    "d": "do",
    "l": "all",
}  # what people who leave out vowels mean by one letter
RUN_TOGETHER = frozenset(
    """i im my me to do die kill want wanna end it all myself himself herself life cant dont not help wake up take took
    too much many pills live be here this anymore overdose going go of is he she so hate wish was were dead never gonna
    just cannot stop breathe breathing hurt cut ket ketamine buy get where how can some for safe with and on""".split()
)  # the only words that are cut out of a run of letters; more of them would tear real words apart
LOOKALIKES = str.maketrans("013457@$!", "oieastasi")


class Reader:
    """Finds the words of the rules that an unknown typed word may stand for."""

    def __init__(
        self,
        vocabulary: Iterable[str],
        exceptions: Iterable[str] = (),
        spellings: Mapping[str, tuple[str, ...]] | None = None,
        endings: Iterable[str] = (),
    ) -> None:
        """`vocabulary`: every plain word of the rules; `exceptions`: words that are never read as another.

        `spellings`: typed words with the words that they may stand for as well; `endings`: of words that are known by
        them.
        """
        from bot.safety.slips import Slips  # a kept copy imports it when it first meets an unknown word

        self._listed = dict(spellings or {})
        targets = set(vocabulary)
        self.known = targets | english() | set(exceptions) | set(CONTRACTIONS)
        self._stems = {stem(word) for word in self.known if len(word) >= SHORTEST_STEM}
        self._slips: Packed[Slips] = Packed(Slips(targets))  # a message of well-spelt words has no need of them
        self._single = {letter: tuple(w for w in said.split() if w in targets) for letter, said in SINGLE.items()}
        self._readings: dict[str, tuple[str, ...]] = {}
        self._keys: dict[str, frozenset[str]] = {}
        self.endings = tuple(endings)
        self._meant: Callable[[str], str] | None = None

    def read(self, typed: str) -> tuple[str, ...]:
        """The typed word and, where it is unknown, every known word that it may stand for."""
        found = self._readings.get(typed)
        if found is None:
            if len(self._readings) >= CACHED:
                self._readings.clear()
            found = self._readings[typed] = self._read(typed)
        return found

    def keys(self, typed: str) -> frozenset[str]:
        """The keys of every reading of a typed word, and of the endings that it is known by."""
        found = self._keys.get(typed)
        if found is None:
            if len(self._keys) >= CACHED:
                self._keys.clear()
            known = (ending for ending in self.endings if typed.endswith((ending, ending + "s")))
            found = frozenset(
                (*(key for reading in self.read(typed) for key in keys(reading)), *(ENDING + e for e in known))
            )
            self._keys[typed] = found
        return found

    def knows(self, typed: str) -> bool:
        """Whether a typed word stands for nothing but itself: a word of the rules, of English, or no word."""
        if not typed.isalpha() or len(typed) > LONGEST or typed.endswith(self.endings):
            return True
        return typed in self.known or stem(typed) in self._stems

    def _read(self, typed: str) -> tuple[str, ...]:
        if typed in self._listed:
            return (typed, *self._listed[typed])
        if typed in SINGLE and not self._meant:
            return (typed, *self._single[typed])
        if self.knows(typed) or not typed.isascii():
            return (typed,)
        return (self._meant(typed),) if self._meant else (typed, *self._slips.thing.meant(typed))

    def settled(self, meant: Callable[[str], str]) -> Reader:
        """A reader that knows the same words, and takes every other for the one that `meant` gives."""
        other = copy(self)
        other._meant, other._readings, other._keys = meant, {}, {}
        return other

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_readings": {}, "_keys": {}}

    def apart(self, typed: str) -> tuple[str, ...]:
        """The known words that an unknown one runs together, or nothing."""
        if typed in self.known or not SHORTEST_RUN <= len(typed) <= LONGEST or len(self.read(typed)) > 1:
            return ()
        ends: dict[int, tuple[str, ...]] = {0: ()}
        for end in range(1, len(typed) + 1):
            pieces = (
                (*ends[start], typed[start:end])
                for start in range(max(0, end - 14), end)
                if start in ends and self._piece(typed[start:end])
            )
            best = min(pieces, key=len, default=None)
            if best is not None:
                ends[end] = best
        return ends.get(len(typed), ())

    def _piece(self, word: str) -> bool:
        return word in RUN_TOGETHER
