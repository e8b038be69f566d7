"""How many phrasings of each category have a word, a run of two or three neighbours, or a group of letters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice, pairwise

from bot.compiled import Packed
from bot.features import EDGE, Numbering, Table
from bot.knowledge.patterns import NUMBER, NUMERALS, atoms
from bot.knowledge.rules import CATEGORIES
from bot.safety.nearest import Nearest
from bot.text import normalise, sentences, stem, tokens

HARMLESS = len(CATEGORIES)  # the column of what must raise nothing
GROUP = 4  # letters of a group, the edges of a word among them; words that share some are akin
LETTERS = "."  # before a group of letters: no word begins with it
YEARS = range(1800, 2100)  # numbers that are most likely years
YEAR = "#year"

Sentence = tuple[str, ...]  # stems in order


class Counts:
    """What stands in the phrasings of each category, and in the harmless ones; and the phrasings themselves."""

    def __init__(self, phrasings: Mapping[str, Iterable[str]], harmless: Iterable[str]) -> None:
        """`phrasings` by category; of an empty side nothing is counted."""
        spoken = [[list(read(text)) for text in phrasings.get(category, ())] for category in CATEGORIES]
        spoken.append([list(read(text)) for text in harmless])
        self.spoken = Counter(word for texts in spoken for text in texts for sentence in text for word in sentence)
        said = [[[stems(sentence) for sentence in text] for text in texts] for texts in spoken]
        every = [sentence for texts in said for text in texts for sentence in text]
        known = dict.fromkeys(chain.from_iterable(every))
        groups = dict.fromkeys(group for word in known for group in letter_groups(word))
        self.numbering = Numbering(every, groups, longest=3)
        self.texts = tuple(map(len, said))
        pairs, triples = self.numbering.runs(every), self.numbering.runs(every, 3)
        rows: dict[int, dict[int, float]] = defaultdict(dict)
        found: list[tuple[int, frozenset[int]]] = []
        for column, texts in enumerate(said):
            counts: Counter[int] = Counter()
            for text in texts:
                words = frozenset(chain.from_iterable(text))
                features = {*map(self.numbering.word, words), *chain.from_iterable(islice(pairs, len(text)))}
                found.append((column, frozenset(features)))
                counts.update(features)
                counts.update({self.numbering.word(group) for word in words for group in letter_groups(word)})
                counts.update(set(chain.from_iterable(islice(triples, len(text)))))
            for feature, times in counts.items():
                rows[feature][column] = times
        self.table = Table(rows, self.numbering.size)
        self.nearest = Packed(Nearest(found, self.numbering.size, HARMLESS + 1))  # a message beyond doubt needs it not

    def features(self, text: Iterable[Sentence]) -> frozenset[int]:
        """The numbers of the words and pairs of a text; UNKNOWN stands for those that no phrasing has."""
        found: set[int] = set()
        for words in text:
            found.update(map(self.numbering.word, words))
            found.update(self.numbering.run(*pair) for pair in pairwise((EDGE, *words, EDGE)))
        return frozenset(found)

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"spoken": Counter()}  # a kept copy has what was made of them


def read(text: str) -> Iterator[tuple[str, ...]]:
    """The words of each sentence of a text, a verb and its "not" as one."""
    return filter(None, (atoms(tokens(piece)) for piece in sentences(normalise(text))))


def stems(words: Iterable[str]) -> Sentence:
    """The words of a sentence as they count."""
    return tuple(map(term, words))


def term(word: str) -> str:
    """What a word counts as: its stem; a number, in figures or as a word, as any number, a year as any year."""
    if word in NUMERALS:
        return NUMBER
    if not word.isdecimal():
        return stem(word)
    return YEAR if len(word) == len("1800") and int(word) in YEARS else NUMBER


@lru_cache(maxsize=65_536)
def letter_groups(word: str) -> tuple[str, ...]:
    """The groups of neighbouring letters of a word that is longer than short words are."""
    marked = f"<{word}>"
    return tuple(
        dict.fromkeys(
            LETTERS + marked[at : at + GROUP] for at in range(len(marked) - GROUP + 1 if len(word) >= GROUP else 0)
        )
    )
