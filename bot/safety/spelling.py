"""Words as people in distress type them, read as the words that the rules know."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from bot.knowledge.patterns import atoms
from bot.text import CONTRACTIONS, stem

ENGLISH = Path(__file__).parent.parent / "english.txt"  # common words, one a line; none of them is a misspelling
CACHED = 65_536  # words; people misspell the same ones
LONGEST = 24  # letters; longer runs are not words
ANCHOR = 6  # letters; a word that is one slip away from a shorter one is too often another word
FEWEST_LETTERS_BY_SOUND = 4  # "wayk" is wake; shorter sounds belong to too many words
SLIPS_BY_SOUND = 2  # letters typed otherwise, of a short word; one more from LONG letters on
LONG = 7
SHORTEST_STEM = 3  # letters of a word whose endings are known too
SHORTEST_RUN = 8  # letters of words run together ("killmyself")
LENGTH_BY_SOUND = 2  # letters more or less than the word that sounds alike
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
VOWELS = re.compile(r"(?<!^)[aeiouy]|^[aeiou]")
DOUBLED = re.compile(r"(.)\1+")
SPELT_AND_HEARD = (
    ("^(kn|gn|pn)", "n"), ("^wr", "r"), ("^x", "s"), ("^wh", "w"), ("ph", "f"), ("(?<!^)gh(?=t|$)", ""),
    ("tch|ch", "C"), ("sh|(?:ti|sci|ci|si)(?=o)", "S"), ("v", "f"), ("th", "T"), ("c(?=[eiy])", "s"),
    ("ck|[cqk]", "k"), ("dg(?=e)", "j"), ("x", "ks"), ("z", "s"), ("w(?=$|[aeiou]?$)", ""),
)  # fmt: skip
SOUNDS = tuple((re.compile(spelt), heard) for spelt, heard in SPELT_AND_HEARD)
LOOKALIKES = str.maketrans("013457@$!", "oieastasi")


class Reader:
    """Finds the words of the rules that an unknown typed word may stand for."""

    def __init__(
        self,
        vocabulary: Iterable[str],
        exceptions: Iterable[str] = (),
        spellings: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """`vocabulary`: every plain word of the rules; `exceptions`: words that are never read as another.

        `spellings`: typed words with the words that they may stand for as well.
        """
        self._listed = dict(spellings or {})
        targets = set(vocabulary)
        self.known = targets | english() | set(exceptions) | set(CONTRACTIONS)
        self._stems = {stem(word) for word in self.known if len(word) >= SHORTEST_STEM}
        spoken = {word: (word,) for target in targets for word in inflected(target)}
        for short, written in CONTRACTIONS.items():
            first = atoms(written.split())[0]
            if "'" not in short and len(short) > 1:
                spoken.setdefault(short, (first,))
        self._spoken = spoken
        self._skeletons: dict[str, list[str]] = defaultdict(list)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        self._deletions: dict[str, list[str]] = {}
        self._doubles: dict[str, list[str]] = defaultdict(list)  # words by their letters, doubled ones once
        for word in sorted(spoken):
            for bones in {skeleton(word), VOWELS.sub("", word)}:
                self._skeletons[bones].append(word)
            self._sounds[sound(word)].append(word)
            self._doubles[DOUBLED.sub(r"\1", word)].append(word)
        self._readings: dict[str, tuple[str, ...]] = {}

    def read(self, typed: str) -> tuple[str, ...]:
        """The typed word and, where it is unknown, every known word that it may stand for."""
        found = self._readings.get(typed)
        if found is None:
            if len(self._readings) >= CACHED:
                self._readings.clear()
            found = self._readings[typed] = self._read(typed)
        return found

    def _read(self, typed: str) -> tuple[str, ...]:
        if typed in self._listed:
            return (typed, *self._listed[typed])
        if typed in SINGLE:
            return (typed, *(word for word in SINGLE[typed].split() if word in self._spoken))
        if (
            typed in self.known
            or stem(typed) in self._stems
            or not typed.isalpha()
            or not typed.isascii()
            or len(typed) > LONGEST
        ):
            return (typed,)
        found = dict.fromkeys(self._vowelless(typed))
        found.update(dict.fromkeys(self._alike(typed)))
        if len(typed) > len("of"):
            found.update(dict.fromkeys(self._doubles.get(DOUBLED.sub(r"\1", typed), ())))
        return (typed, *dict.fromkeys(word for near in found for word in self._spoken[near]))

    def _vowelless(self, typed: str) -> Iterable[str]:
        vowels = len(VOWELS.findall(typed))
        if len(typed) == 1:
            return
        for word in self._skeletons.get(VOWELS.sub("", typed), ()):
            if len(VOWELS.findall(word)) > vowels and (typed[0] == word[0] or word[0] in "aeiou"):
                yield word

    def _by_deletion(self) -> dict[str, list[str]]:
        """Every anchor word with one letter left out, and the words it comes from; made when first needed."""
        if not self._deletions:
            index: dict[str, list[str]] = defaultdict(list)
            for word in sorted(self._spoken):
                if len(word) >= ANCHOR:
                    for cut in deletions(word):
                        index[cut].append(word)
            self._deletions = index
        return self._deletions

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_deletions": {}, "_readings": {}}  # a kept copy makes them when first needed

    def _alike(self, typed: str) -> Iterable[str]:
        if len(typed) >= FEWEST_LETTERS_BY_SOUND:
            for word in self._sounds.get(sound(typed), ()):
                most = SLIPS_BY_SOUND + (len(word) >= LONG)
                if (
                    abs(len(word) - len(typed)) <= LENGTH_BY_SOUND
                    and OSA.distance(typed, word, score_cutoff=most) <= most
                ):
                    yield word
        if len(typed) >= ANCHOR - 1:
            for cut in (typed, *deletions(typed)):
                for word in self._by_deletion().get(cut, ()):
                    if OSA.distance(typed, word, score_cutoff=1) <= 1:
                        yield word

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


def skeleton(word: str) -> str:
    """The consonants of a word, doubled ones once."""
    return VOWELS.sub("", DOUBLED.sub(r"\1", word))


def sound(word: str) -> str:
    """A rough key of how a word sounds: its consonants by sound, and whether a vowel comes first."""
    for spelt, heard in SOUNDS:
        word = spelt.sub(heard, word)
    start = "A" if word[:1] in tuple("aeiou") else ""
    return start + re.sub("[aeiouy]", "", DOUBLED.sub(r"\1", word))


def deletions(word: str) -> set[str]:
    """The word, and the word with each one of its letters left out."""
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


def inflected(word: str) -> tuple[str, ...]:
    """A word with the commonest endings of a verb or a noun."""
    if len(word) < 3 or word.endswith(("s", "ed", "ing", "ly", "not")):
        return (word,)
    root = word[:-1] if word.endswith("e") else word
    return (word, word + "s", root + "ed", root + "ing")


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """Common English words; empty where the list is not there."""
    return frozenset(ENGLISH.read_text(encoding="utf-8").split()) if ENGLISH.exists() else frozenset()
