"""A message as the rules see it: words in order, each with every reading that it allows."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.knowledge.patterns import atoms, keys
from bot.safety.spelling import LOOKALIKES, Reader
from bot.text import normalise, sentences, tokens

PAUSE = 2  # words; what the end of a sentence adds to a gap
SIGNS = (
    ("+", " plus "),
    ("@", " at "),
    ("=", " "),
    ("%", " percent "),
    ("£", " pound "),
    ("$", " dollar "),
    ("€", " euro "),
)
MASKED = re.compile(r"(?<=[a-z])[*_.#](?=[a-z])")  # "s*icide", "k.m.s"; an address loses its dots too
SPELLED = re.compile(
    r"(?<![a-z0-9'])(?:[a-z] ){3,20}[a-z](?![a-z0-9'])|(?<![a-z0-9'])(?:[a-z][-.*_]){2,20}[a-z](?![a-z0-9'])"
)
LEET = re.compile(
    r"(?<!\S)[a-z0134578@$!]{0,12}[a-z0][0134578@$!]{1,3}[a-z][a-z0134578@$!]{0,12}(?![^\s.,;:?])"
)  # "su1cide"
LIST_NUMBER = re.compile(r"^[ \t]*\(?\d{1,2}[.)][ \t]+(?=[^\W\d])", re.MULTILINE)  # "2) does it …" counts nothing
SHORTEST_JOINED = 6  # letters of two words read as one ("over dose")


class Stream(NamedTuple):
    """The words of a message with their keys, sentence and place."""

    words: tuple[str, ...]
    keys: tuple[frozenset[str], ...]  # of every reading of a word
    joined: tuple[frozenset[str], ...]  # of a word and its neighbour read as one
    sentence: tuple[int, ...]  # number of the sentence that a word stands in
    at: tuple[int, ...]  # place; the end of a sentence counts as some words


def stream(message: str, reader: Reader) -> Stream:
    """The words of a message as typed. Linear in its length."""
    text = _plain(LIST_NUMBER.sub("", normalise(message)), reader)
    spoken: list[str] = []
    sentence: list[int] = []
    at: list[int] = []
    place = 0
    for number, piece in enumerate(sentences(text)):
        for token in tokens(piece):
            for word in reader.apart(token) or (token,):
                spoken.append(word)
                sentence.append(number)
                at.append(place)
                place += 1
        place += PAUSE
    return _merged(spoken, sentence, at, reader)


def _plain(text: str, reader: Reader) -> str:
    for sign, word in SIGNS:
        if sign in text:
            text = text.replace(sign, word) if sign not in "@$" else _between(text, sign, word)
    text = SPELLED.sub(lambda found: _together(found[0], reader), text)
    text = LEET.sub(lambda found: _letters(found[0], reader), text)
    return MASKED.sub("", text)


def _between(text: str, sign: str, word: str) -> str:
    """A sign inside a word is a letter in disguise and stays; elsewhere it is a word."""
    return re.sub(rf"(?<![a-z])\{sign}|\{sign}(?![a-z])", word, text)


def _together(spelled: str, reader: Reader) -> str:
    joined = re.sub(r"[^a-z]", "", spelled)
    return joined if joined in reader.known or len(reader.read(joined)) > 1 else spelled


def _letters(disguised: str, reader: Reader) -> str:
    plain = disguised.translate(LOOKALIKES)
    return plain if plain in reader.known or len(reader.read(plain)) > 1 else disguised


def _merged(spoken: list[str], sentence: list[int], at: list[int], reader: Reader) -> Stream:
    """The stream with "can not" and its like drawn together; a neighbour is joined only if the result is a word."""
    words: list[str] = []
    kept: list[int] = []
    for index, word in enumerate(spoken):
        if word == "not" and words and len(atoms((words[-1], word))) == 1:
            words[-1] = atoms((words[-1], word))[0]
        else:
            words.append(word)
            kept.append(index)
    joined = []
    for one, other in zip(words, (*words[1:], ""), strict=False):
        both = one + other
        usable = other and len(both) >= SHORTEST_JOINED and both in reader.known
        joined.append(frozenset(keys(both)) if usable else frozenset())
    return Stream(
        words=tuple(words),
        keys=tuple(map(reader.keys, words)),
        joined=tuple(joined),
        sentence=tuple(sentence[i] for i in kept),
        at=tuple(at[i] for i in kept),
    )
