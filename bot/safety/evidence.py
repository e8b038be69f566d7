"""How much the words of a message speak for an alarm, by how people word alarms and how they word the harmless.

The sum of log-odds (naive Bayes; Maron 1961) of the words, their groups of letters and runs of two or three, over
the root of the length; where that leaves a doubt, the phrasings nearest to the text tip the scales. What is counted
are phrasings in files; nothing is fitted. Rules say what they were written for; this hears what resembles it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from math import log, sqrt
from typing import NamedTuple

from bot.features import EDGE
from bot.knowledge.rules import ALARMS, CATEGORIES
from bot.safety.counts import HARMLESS, Counts, Sentence, letter_groups

SMOOTHING = 0.03  # phrasings that every category is given of every word; with 0.1 and with 0.01 a point less was heard
AKIN = 0.4  # weight of a group of letters beside a word; without them 2 points less were heard, at 0.8 as well
IN_TRIPLES = 0.7  # weight of three neighbours beside two; without them 1 to 3 points less were heard
SHORTEST = 6  # words; shorter texts are judged as if they had as many, so that no word alone decides
# Words of the stretches of longer sentences that are judged as well, since a danger may be told in passing, and what is
# taken off their strength, since what stands around a few words may show them to be harmless.
WINDOWS = {5: 8.0, 7: 8.0, 10: 8.0, 14: 8.0, 20: 0.0}
DOUBTED = 0.0, 12.0  # strengths between which the nearest phrasings are looked at; wider changed nothing
RESEMBLANCE = 30.0  # strength of phrasings that are the text itself; without them 2 points less were heard
ENOUGH = 1000  # phrasings on either side; of fewer the wording tells too little to be set against a rule
CACHED = 65_536  # words
SHOWN = 5  # words that an explanation names

NEVER_SEEN = (0.0,) * HARMLESS
Odds = Sequence[float]  # of every category against the harmless, as logs


class Leaning(NamedTuple):
    """A category that a message leans to, how strongly (above 0: rather than harmless), and by which words."""

    category: str
    strength: float
    words: tuple[str, ...]


NOWHERE = Leaning("", 0.0, ())


class Leanings(NamedTuple):
    """What a message leans to most of the alarms, and what of the refusals: the one must not drown the other."""

    alarm: Leaning = NOWHERE
    refusal: Leaning = NOWHERE

    @property
    def strongest(self) -> Leaning:
        """The stronger one."""
        return max(self, key=lambda leaning: leaning.strength)


class Evidence:
    """Weighs messages by several counts, which add up: those of the rules' files, and those of a base."""

    def __init__(self, parts: Sequence[Counts]) -> None:
        self._parts = tuple(parts)
        texts = [sum(part.texts[column] for part in self._parts) for column in range(HARMLESS + 1)]
        self._norms = tuple(log(number + 2 * SMOOTHING) for number in texts)
        self._columns = [column for column in range(HARMLESS) if texts[column]]
        self.enough = min(sum(texts[:HARMLESS]), texts[HARMLESS]) >= ENOUGH
        self._words: dict[str, Odds] = {}

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_words": {}}

    def times(self, word: str) -> int:
        """How many phrasings have the stem."""
        rows = (part.table.row(part.numbering.word(word)) for part in self._parts)
        return int(sum(times for row in rows for _, times in row))

    def leanings(self, message: Sequence[Sentence]) -> Leanings:
        """What a message, or the stretches of it that lean most, speaks for; strength 0 where nothing does."""
        weighed = [self._weighed(sentence) for sentence in message if sentence]
        whole = [odds for sentence in weighed for odds in sentence]
        words = tuple(word for sentence in message for word in sentence)
        sums = [list(accumulate((odds[column] for odds in whole), initial=0.0)) for column in range(HARMLESS)]
        best: dict[bool, tuple[float, int, range]] = {}
        for stretch, off in _stretches(list(map(len, weighed))) if self._columns else ():
            root = sqrt(max(SHORTEST, len(stretch)))
            strengths = [(summed[stretch.stop] - summed[stretch.start]) / root for summed in sums]
            if off is None:
                strengths = self._compared(words[stretch.start : stretch.stop], strengths)
            column = max(self._columns, key=strengths.__getitem__)
            kind, strength = CATEGORIES[column] in ALARMS, strengths[column] - (off or 0.0)
            if strength > best.get(kind, (0.0,))[0]:
                best[kind] = strength, column, stretch

        def leaning(strength: float, column: int, place: range) -> Leaning:
            spoken = sorted(((whole[at][column], words[at]) for at in place), reverse=True)
            return Leaning(CATEGORIES[column], strength, tuple(dict.fromkeys(word for _, word in spoken[:SHOWN])))

        return Leanings(*(leaning(*best[kind]) if kind in best else NOWHERE for kind in (True, False)))

    def is_known(self, message: Sequence[Sentence]) -> bool:
        """Whether a message is word for word one that is harmless, and no phrasing of a category."""
        near = self._nearest(message)
        return near[HARMLESS] == 1.0 and max(near[:HARMLESS]) < 1.0

    def _nearest(self, text: Sequence[Sentence]) -> Sequence[float]:
        """For every category, the harmless last, how much a text resembles the phrasings nearest to it, 0 to 1."""
        by_part = [part.nearest.thing.cosines(part.features(text)) for part in self._parts]
        return [max(column) for column in zip(*by_part, strict=True)]

    def _compared(self, words: Sentence, strengths: list[float]) -> list[float]:
        """The strengths of a text with what the phrasings nearest to it say, where they are in doubt."""
        if not DOUBTED[0] <= max(strengths[column] for column in self._columns) <= DOUBTED[1]:
            return strengths
        near = self._nearest([words])
        return [own + RESEMBLANCE * (near[column] - near[HARMLESS]) for column, own in enumerate(strengths)]

    def _weighed(self, sentence: Sentence) -> list[Odds]:
        """For every word of a sentence, with the runs that end in it, the log-odds of every category.

        What is said again adds nothing.
        """
        found: list[Odds] = []
        spoken: set[object] = set()
        padded = (EDGE, *sentence, EDGE)
        for at, word in enumerate(sentence, 1):
            ends = (at,) if at < len(sentence) else (at, at + 1)
            runs = [padded[end - length : end + 1] for end in ends for length in (1, 2) if end >= length]
            odds = [self._of_run(run) for run in runs if run not in spoken]
            if word not in spoken:
                odds.append(self._of_word(word))
            spoken.update((word, *runs))
            found.append([sum(column) for column in zip(NEVER_SEEN, *odds, strict=True)])
        return found

    def _of_word(self, word: str) -> Odds:
        """The log-odds of a word and its groups of letters."""
        found = self._words.get(word)
        if found is None:
            if len(self._words) >= CACHED:
                self._words.clear()
            of_groups = [
                self._odds([part.numbering.word(group) for part in self._parts]) for group in letter_groups(word)
            ]
            akin = [sum(column) for column in zip(NEVER_SEEN, *of_groups, strict=True)]
            own = self._odds([part.numbering.word(word) for part in self._parts])
            found = self._words[word] = [one + AKIN * other for one, other in zip(own, akin, strict=True)]
        return found

    def _of_run(self, words: Sequence[str]) -> Odds:
        """The log-odds of neighbours."""
        odds = self._odds([part.numbering.run(*words) for part in self._parts])
        return odds if len(words) == 2 else [IN_TRIPLES * one for one in odds]

    def _odds(self, numbers: Sequence[int]) -> Odds:
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


def _stretches(lengths: Sequence[int]) -> Iterator[tuple[range, float | None]]:
    """Where the sentences of these lengths start and end, each two neighbours, the whole, and windows with what is off.

    Two neighbours, since what makes the danger of a question may be said behind it: "… never wake? Sounds nice to me."
    """
    start = before = 0
    for length in lengths:
        yield range(start, start + length), None
        if before and len(lengths) > 2:
            yield range(start - before, start + length), None
        for window, off in WINDOWS.items():
            for first in range(start, start + length - window + 1 if length > window else start):
                yield range(first, first + window), off
        start, before = start + length, length
    if len(lengths) > 1:
        yield range(start), None
