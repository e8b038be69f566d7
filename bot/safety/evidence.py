"""How much the words of a message speak for an alarm, by how people word alarms and how they word the harmless.

The sum of log-odds (naive Bayes; Maron 1961) of the words and neighbouring pairs of a text, over the root of its
length. What is counted are phrasings in files; nothing is fitted. Rules say what they were written for; this hears
what resembles it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate, chain, islice
from math import log, sqrt
from typing import NamedTuple

from bot.features import EDGE, Numbering, Table
from bot.knowledge.patterns import NUMBER, atoms
from bot.knowledge.rules import CATEGORIES
from bot.text import normalise, sentences, stem, tokens

HARMLESS = len(CATEGORIES)  # the column of what must raise nothing
SMOOTHING = 0.1  # phrasings that every category is given of every word; 0.3 heard 3 points less, 0.03 as much
SHORTEST = 4  # words; shorter texts are judged as if they had as many, so that no word alone decides
WINDOW = 20  # words; of a longer sentence every stretch of so many is judged, since a danger may be told in passing
SHOWN = 5  # words and pairs that an explanation names

NEVER_SEEN = [0.0] * HARMLESS
Sentence = tuple[str, ...]  # stems in order


class Leaning(NamedTuple):
    """The category that a message leans to most, how strongly (above 0: rather than harmless), and by which words."""

    category: str
    strength: float
    words: tuple[str, ...]


class Counts:
    """How many phrasings of each category have a word, or a pair of neighbours."""

    def __init__(self, phrasings: Mapping[str, Iterable[str]], harmless: Iterable[str]) -> None:
        """`phrasings` by category; of an empty side nothing is counted."""
        spoken = [[list(read(text)) for text in phrasings.get(category, ())] for category in CATEGORIES]
        spoken.append([list(read(text)) for text in harmless])
        self.spoken = Counter(word for texts in spoken for text in texts for sentence in text for word in sentence)
        said = [[[stems(sentence) for sentence in text] for text in texts] for texts in spoken]
        self.numbering = Numbering(sentence for texts in said for text in texts for sentence in text)
        pairs = self.numbering.pairs(sentence for texts in said for text in texts for sentence in text)
        self.texts = tuple(map(len, said))
        rows: dict[int, dict[int, float]] = defaultdict(dict)
        for column, texts in enumerate(said):
            counts: Counter[int] = Counter()
            for text in texts:
                words = (self.numbering.word(word) for sentence in text for word in sentence)
                counts.update({*words, *chain.from_iterable(islice(pairs, len(text)))})
            for feature, times in counts.items():
                rows[feature][column] = times
        self.table = Table(rows, self.numbering.size)

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"spoken": Counter()}  # a kept copy has what was made of them


class Evidence:
    """Weighs messages by several counts, which add up: those of the rules' files, and those of a base."""

    def __init__(self, parts: Sequence[Counts]) -> None:
        self._parts = tuple(parts)
        texts = [sum(part.texts[column] for part in self._parts) for column in range(HARMLESS + 1)]
        self._norms = tuple(log(number + 2 * SMOOTHING) for number in texts)
        self._columns = [column for column in range(HARMLESS) if texts[column]]

    def times(self, word: str) -> int:
        """How many phrasings have the stem."""
        rows = (part.table.row(part.numbering.word(word)) for part in self._parts)
        return int(sum(times for row in rows for _, times in row))

    def leaning(self, message: Sequence[Sentence]) -> Leaning:
        """What a message, or the stretch of it that leans most, speaks for; strength 0 where nothing does."""
        weighed = [self._weighed(sentence) for sentence in message if sentence]
        whole = [odds for sentence in weighed for odds in sentence]
        words = [word for sentence in message for word in sentence]
        best, place, strongest = 0.0, (0, 0), HARMLESS
        for column in self._columns:
            sums = list(accumulate((odds[column] for odds in whole), initial=0.0))
            for start, end in _stretches(list(map(len, weighed))):
                strength = (sums[end] - sums[start]) / sqrt(max(SHORTEST, end - start))
                if strength > best:
                    best, place, strongest = strength, (start, end), column
        if strongest == HARMLESS:
            return Leaning("", 0.0, ())
        spoken = sorted(((whole[at][strongest], words[at]) for at in range(*place)), reverse=True)
        return Leaning(CATEGORIES[strongest], best, tuple(dict.fromkeys(word for _, word in spoken[:SHOWN])))

    def _weighed(self, sentence: Sentence) -> list[list[float]]:
        """For every word of a sentence, with its pair to the left, the log-odds of every category.

        What is said again adds nothing.
        """
        found = []
        spoken: set[tuple[int, ...]] = set()
        for at, word in enumerate(sentence):
            pairs = [(sentence[at - 1] if at else EDGE, word)]
            if at == len(sentence) - 1:
                pairs.append((word, EDGE))
            features = [tuple(part.numbering.word(word) for part in self._parts)]
            features += [tuple(part.numbering.pair(*pair) for part in self._parts) for pair in pairs]
            odds = [self._odds(numbers) if numbers not in spoken else NEVER_SEEN for numbers in features]
            spoken.update(features)
            found.append([sum(column) for column in zip(*odds, strict=True)])
        return found

    def _odds(self, numbers: Sequence[int]) -> list[float]:
        """How much likelier a feature, by its number in each part, is in each category than in the harmless, as a log.

        0 for what was never seen.
        """
        counts = [0] * (HARMLESS + 1)
        for part, number in zip(self._parts, numbers, strict=True):
            for column, times in part.table.row(number):
                counts[column] += int(times)
        if not any(counts):
            return NEVER_SEEN
        harmless = _log(counts[HARMLESS]) - self._norms[HARMLESS]
        return [_log(counts[column]) - self._norms[column] - harmless for column in range(HARMLESS)]


@cache
def _log(count: int) -> float:
    return log(count + SMOOTHING)


def _stretches(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where the sentences of these lengths start and end, the whole, and every WINDOW words of a longer sentence."""
    start = 0
    for length in lengths:
        yield start, start + length
        for first in range(start, start + length - WINDOW):
            yield first, first + WINDOW
        start += length
    if len(lengths) > 1:
        yield 0, start


def read(text: str) -> Iterator[tuple[str, ...]]:
    """The words of each sentence of a text, a verb and its "not" as one."""
    return filter(None, (atoms(tokens(piece)) for piece in sentences(normalise(text))))


def stems(words: Iterable[str]) -> Sentence:
    """The words of a sentence as they count."""
    return tuple(map(term, words))


def term(word: str) -> str:
    """What a word counts as: its stem; a number as any number."""
    return NUMBER if word.isdigit() else stem(word)
