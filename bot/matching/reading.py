"""What the words of a message are taken for: corrected, and named things and synonyms recognised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bot.compiled import Packed
from bot.knowledge import KnowledgeBase, Lexicon
from bot.text import FUNCTION_WORDS, english, stem, words

if TYPE_CHECKING:
    from bot.spelling import Speller

LONGEST_MESSAGE = 300  # words that are matched; a question has fewer, and what is read must have an end
SHORTEST_START = 2  # letters before an ending that names a thing
SHORTEST_WHOLE = 6  # letters of a word that was split in two
SHORTEST_PART = 4  # letters of either half of a run-together word
SUREST = 0.8  # least likeness of a misspelt name and the thing it is read as: one slip in five letters
Frame = tuple[tuple[str, ...], tuple[str, ...], str]  # the words before a gap, those after it, and the entity
GAP, WIDEST_GAP = "...", 8  # in an alias, and the words that may stand there
ENTITY, CONCEPT = "@", "="  # first letter of a key that stands for a thing, or for a group of synonyms


class Token(NamedTuple):
    """A word (or several that name one thing) of a message, and what it is taken for."""

    typed: str  # as normalised; several words are joined by spaces
    word: str  # after correction
    key: str  # what is matched: a stem, ENTITY + id or CONCEPT + the first word of its group
    similarity: float = 1.0  # of the correction, 0 to 1
    entity: str = ""
    known: bool = True  # whether the base has the word
    english: bool = True  # whether it is a common English word, or known

    @property
    def content(self) -> bool:
        """Whether the word carries matter, rather than grammar."""
        return bool(self.entity) or self.word not in FUNCTION_WORDS


class Reading(NamedTuple):
    """A message as the matcher sees it, its words in order."""

    tokens: tuple[Token, ...]
    framed: tuple[str, ...] = ()  # things named by a frame of words: "how long … last"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the tokens, in order."""
        return tuple(token.key for token in self.tokens)

    @property
    def entities(self) -> tuple[str, ...]:
        """The things named, each once, in order."""
        return tuple(dict.fromkeys((*(token.entity for token in self.tokens if token.entity), *self.framed)))

    @property
    def corrections(self) -> dict[str, str]:
        """What was typed and what it was read as."""
        return {token.typed: token.word for token in self.tokens if token.typed != token.word}

    @property
    def synonyms(self) -> dict[str, str]:
        """The words that stand for a thing or for a group of synonyms, each with what it stands for."""
        keys = ((token.word, token.key) for token in self.tokens if token.key[0] in ENTITY + CONCEPT)
        return {word: key[1:] for word, key in keys if word != key[1:]}


class Phrases:
    """Finds the longest of many phrases that starts at a word."""

    def __init__(self, keys: Iterable[tuple[str, str]], form: Callable[[str], str]) -> None:
        """`keys`: phrases with what they stand for (the first of like ones holds); words compare by their `form`."""
        self._form = form
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        known = set()
        for phrase, key in keys:
            parts = tuple(map(form, words(phrase)))
            if parts and parts not in known:
                known.add(parts)
                self._by_first[parts[0]].append((parts, key))
        for found in self._by_first.values():
            found.sort(key=lambda entry: (-len(entry[0]), entry))

    def forms(self, typed: Sequence[str]) -> tuple[str, ...]:
        """Words in the form that `at` compares; none where there are no phrases to compare them with."""
        return tuple(map(self._form, typed)) if self._by_first else ()

    def at(self, forms: tuple[str, ...], start: int) -> tuple[int, str] | None:
        """How many words the longest phrase at `start` has and what it stands for; None where there is none."""
        for parts, key in self._by_first.get(forms[start], ()) if forms else ():
            if forms[start : start + len(parts)] == parts:
                return len(parts), key
        return None


def singular(word: str) -> str:
    """A word without the s of a plural: names are compared by it, since a stem makes "drive" of "driving"."""
    return word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] not in "sui" else word


def _ends(alias: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words before and after the gap of an alias."""
    opening, _, closing = alias.partition(GAP)
    return words(opening), words(closing)


def _frames(opening: tuple[str, ...], closing: tuple[str, ...], typed: Sequence[str]) -> bool:
    """Whether a text starts with the opening and has the closing somewhere after it."""
    starts = range(len(opening), len(typed) - len(closing) + 1)
    return tuple(typed[: len(opening)]) == opening and any(
        tuple(typed[start : start + len(closing)]) == closing for start in starts
    )


def aliases(lexicon: Lexicon) -> list[tuple[str, str]]:
    """Every alias of a lexicon with the key of its entity."""
    return [(alias, ENTITY + entity.id) for entity in lexicon.entities.values() for alias in entity.aliases]


def synonyms(lexicon: Lexicon) -> list[tuple[str, str]]:
    """Every synonym of a lexicon with the key of its group."""
    return [(phrase, CONCEPT + group[0]) for group in lexicon.synonyms for phrase in group]


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Stems of words that are English, whatever the base knows: they are never taken for a slip."""
    return frozenset(map(stem, english() | FUNCTION_WORDS))


class Reader:
    """Reads messages with the words of one base: its phrasings, titles, aliases and synonyms."""

    def __init__(self, kb: KnowledgeBase, common: Callable[[], frozenset[str]] = common_words) -> None:
        """`common` gives the stems that are never corrected; it is asked when a word is first not known."""
        from bot.spelling import Speller, frequencies_of  # a kept copy imports them at the first slip

        lexicon = kb.lexicon
        self._english = common
        self._slips = lexicon.slips
        self._endings = {ending: one.id for one in lexicon.entities.values() for ending in one.endings}
        whole = [(alias, key) for alias, key in aliases(lexicon) if GAP not in alias]
        self._names = Phrases(whole, singular)
        self._frames: dict[str, list[Frame]] = defaultdict(list)
        for alias, key in aliases(lexicon):
            if GAP in alias:
                opening, closing = _ends(alias)
                self._frames[opening[0]].append((opening, closing, key[1:]))
        self._synonyms = Phrases(synonyms(lexicon), stem)
        phrases = [phrase for phrase, _ in (*aliases(lexicon), *synonyms(lexicon))]
        texts = [*(p for i in kb.intents.values() for p in {i.title, *i.phrasings}), *phrases, *lexicon.slips.values()]
        frequencies = frequencies_of(map(words, texts))
        self._stems = frozenset(map(stem, frequencies))
        self._speller: Packed[Speller] = Packed(Speller(frequencies))  # a well-spelt message has no need of it
        self._tokens: dict[str, Token] = {}  # of well-spelt words that the base knows, each made once

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_tokens": {}}

    def read(self, message: str) -> Reading:
        """The reading of a message; of a very long one, the reading of its first words."""
        return self.read_words(words(message)[:LONGEST_MESSAGE])

    def read_words(self, typed: Sequence[str]) -> Reading:
        """The reading of words as `bot.text.words` gives them."""
        spelt = [found for word in self._mended(typed) for found in self._spelt(word)]
        corrected = [word for _, word, _ in spelt]
        names, synonyms = self._names.forms(corrected), self._synonyms.forms(corrected)
        tokens: list[Token] = []
        at = 0
        while at < len(spelt):
            length, key = self._phrase(corrected[at], self._names.at(names, at), self._synonyms.at(synonyms, at))
            run = spelt[at : at + length]
            similarity = run[0][2] if length == 1 else min(similarity for _, _, similarity in run)
            if key[0] == ENTITY and similarity < SUREST:
                length, run = 1, [(spelt[at][0], spelt[at][0], 1.0)]
                key = stem(run[0][0])
            tokens.append(self._token(run, key, similarity))
            at += length
        return Reading(tuple(tokens), self._framed(corrected))

    def _framed(self, typed: Sequence[str]) -> tuple[str, ...]:
        """The things that frames of words name: their words in order, few others in between."""
        if not self._frames:
            return ()
        found = (
            entity
            for at, word in enumerate(typed)
            for opening, closing, entity in self._frames.get(word, ())
            if _frames(opening, closing, typed[at : at + len(opening) + WIDEST_GAP + len(closing)])
        )
        return tuple(dict.fromkeys(found))

    def _phrase(self, word: str, name: tuple[int, str] | None, synonym: tuple[int, str] | None) -> tuple[int, str]:
        """The name or synonym that starts at a word, the longer of them (a name where they are alike), or its stem."""
        if name and (not synonym or name[0] >= synonym[0]):
            return name
        if not synonym and (thing := self._ending(word)):
            return 1, ENTITY + thing
        return synonym or (1, stem(word))

    def _token(self, run: Sequence[tuple[str, str, float]], key: str, similarity: float) -> Token:
        typed, word, _ = run[0]
        if len(run) > 1 or typed != word or similarity < 1 or key not in self._stems:
            return self._new_token(run, key, similarity)
        if (token := self._tokens.get(typed)) is None:
            token = self._tokens[typed] = self._new_token(run, key, similarity)
        return token

    def _new_token(self, run: Sequence[tuple[str, str, float]], key: str, similarity: float) -> Token:
        known = key[0] in ENTITY + CONCEPT or key in self._stems
        return Token(
            typed=run[0][0] if len(run) == 1 else " ".join(typed for typed, _, _ in run),
            word=run[0][1] if len(run) == 1 else " ".join(word for _, word, _ in run),
            key=key,
            similarity=similarity,
            entity=key[1:] if key[0] == ENTITY else "",
            known=known,
            english=known or key in self._english(),
        )

    def _mended(self, typed: Sequence[str]) -> Iterator[str]:
        """The words, with the halves of a known word as one where a half by itself is no word: "with drawal"."""
        known = list(map(self._known, typed))
        at = 0
        while at < len(typed):
            split = not all(known[at : at + 2]) and self._is_split(typed[at : at + 2])
            yield " ".join(typed[at : at + 2]) if split else typed[at]
            at += 2 if split else 1

    def _is_split(self, halves: Sequence[str]) -> bool:
        """Whether two words are a known one as one."""
        both = "".join(halves)
        return len(both) >= SHORTEST_WHOLE and len(halves) > 1 and stem(both) in self._stems

    def _known(self, word: str) -> bool:
        return word in FUNCTION_WORDS or stem(word) in self._stems or stem(word) in self._english()

    def _spelt(self, typed: str) -> list[tuple[str, str, float]]:
        """What was typed, the word it is read as, and their likeness; two words where two were run together."""
        if typed in self._slips:
            return [(typed, word, 1.0) for word in words(self._slips[typed])]
        if " " in typed:
            return [(typed, typed.replace(" ", ""), 1.0)]
        if self._known(typed):
            return [(typed, typed, 1.0)]
        if halves := self._halves(typed):
            return [(half, half, 1.0) for half in halves]
        found = self._speller.thing.correct(typed)
        if found and (found[1] >= SUREST or not self._ending(typed)):
            return [(typed, *found)]
        return [(typed, typed, 1.0)]

    def _ending(self, word: str) -> str:
        """The thing that an unknown word names by its ending, the longest one; or nothing."""
        if not self._endings or self._known(word):
            return ""
        bare = singular(word)
        starts = (start for start in range(SHORTEST_START, len(bare)) if bare[start:] in self._endings)
        return next((self._endings[bare[start:]] for start in starts), "")

    def _halves(self, typed: str) -> tuple[str, str] | None:
        """Two known words that were run together, the longest first; None where there are none."""
        for cut in range(len(typed) - SHORTEST_PART, SHORTEST_PART - 1, -1):
            first, second = typed[:cut], typed[cut:]
            if stem(first) in self._stems and stem(second) in self._stems:
                return first, second
        return None
