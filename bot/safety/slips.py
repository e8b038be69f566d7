"""Which known words a word may be that somebody typed in haste, by ear, or without its vowels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA

from bot.knowledge.patterns import atoms
from bot.text import CONTRACTIONS

ANCHOR = 6  # letters; a word that is one slip away from a shorter one is too often another word
FEWEST_LETTERS_BY_SOUND = 4  # "wayk" is wake; shorter sounds belong to too many words
SLIPS_BY_SOUND = 2  # letters typed otherwise, of a short word; one more from LONG letters on
LONG = 7
LENGTH_BY_SOUND = 2  # letters more or less than the word that sounds alike
VOWELS = re.compile(r"(?<!^)[aeiouy]|^[aeiou]")
DOUBLED = re.compile(r"(.)\1+")
SPELT_AND_HEARD = (
    ("^(kn|gn|pn)", "n"), ("^wr", "r"), ("^x", "s"), ("^wh", "w"), ("ph", "f"), ("(?<!^)gh(?=t|$)", ""),
    ("tch|ch", "C"), ("sh|(?:ti|sci|ci|si)(?=o)", "S"), ("v", "f"), ("th", "T"), ("c(?=[eiy])", "s"),
    ("ck|[cqk]", "k"), ("dg(?=e)", "j"), ("x", "ks"), ("z", "s"), ("w(?=$|[aeiou]?$)", ""),
)  # fmt: skip
SOUNDS = tuple((re.compile(spelt), heard) for spelt, heard in SPELT_AND_HEARD)


class Slips:
    """The words that people may mean, by what of them survives careless typing."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        """`vocabulary`: the words of the rules; their commonest forms are known with them."""
        self._spoken: Mapping[str, tuple[str, ...]] = _spoken(vocabulary)
        self._skeletons: dict[str, list[str]] = defaultdict(list)  # by their consonants
        self._sounds: dict[str, list[str]] = defaultdict(list)
        self._doubles: dict[str, list[str]] = defaultdict(list)  # by their letters, doubled ones once
        self._deletions: dict[str, list[str]] = defaultdict(list)  # anchor words, by what is left without a letter
        for word in sorted(self._spoken):
            for bones in {skeleton(word), VOWELS.sub("", word)}:
                self._skeletons[bones].append(word)
            self._sounds[sound(word)].append(word)
            self._doubles[DOUBLED.sub(r"\1", word)].append(word)
            for cut in deletions(word) if len(word) >= ANCHOR else ():
                self._deletions[cut].append(word)

    def meant(self, typed: str) -> tuple[str, ...]:
        """Every known word that an unknown one may stand for, the one spelt most like it first."""
        found = dict.fromkeys((*self._vowelless(typed), *self._alike(typed)))
        if len(typed) > len("of"):
            found.update(dict.fromkeys(self._doubles.get(DOUBLED.sub(r"\1", typed), ())))
        nearest = sorted(found, key=lambda word: (OSA.distance(typed, word), word[0] != typed[0]))
        return tuple(dict.fromkeys(word for near in nearest for word in self._spoken[near]))

    def _vowelless(self, typed: str) -> Iterable[str]:
        vowels = len(VOWELS.findall(typed))
        if len(typed) == 1:
            return
        for word in self._skeletons.get(VOWELS.sub("", typed), ()):
            if len(VOWELS.findall(word)) > vowels and (typed[0] == word[0] or word[0] in "aeiou"):
                yield word

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
                for word in self._deletions.get(cut, ()):
                    if OSA.distance(typed, word, score_cutoff=1) <= 1:
                        yield word


def _spoken(vocabulary: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Every form that is known, with the words of the rules that it stands for."""
    found: dict[str, tuple[str, ...]] = {word: (word,) for target in sorted(vocabulary) for word in inflected(target)}
    for short, written in CONTRACTIONS.items():
        if "'" not in short and len(short) > 1:
            found.setdefault(short, (atoms(written.split())[0],))
    return found


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
