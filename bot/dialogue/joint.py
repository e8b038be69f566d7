"""Several subjects with one predicate: "are ketamine and xanax opioids?" asks twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.matching import Reader, Token
from bot.text import FUNCTION_WORDS, words

JOINTS = frozenset("and or nor plus also".split())
AFTERTHOUGHT = JOINTS | frozenset("too as well is are what about how with then".split())
# With these a question is about its subjects together, and no two questions.
TOGETHER = frozenset(
    """between difference differences differ different compare compared comparison versus same similar alike together
    with mix mixing mixed combine combined combining both better worse best worst safer safest stronger than which
    interact interaction each other either instead related connection link linked plus relation confuse
    confused""".split()
)
AND = re.compile(r"(?i)\s*(?:,\s*)?\b(?:and|or)\b\s+(?:also\s+)?")
ASIDE = re.compile(r"[,;:?!]")
MOST = 4  # subjects


def shared_out(text: str, reader: Reader, subject: Callable[[Token], bool]) -> tuple[str, ...]:
    """The questions that a text asks of several subjects, one each; none where it is one question.

    `subject` tells the tokens that name what a question is mainly about.
    """
    tokens = reader.read(text).tokens
    if sum(map(subject, tokens)) < 2 or not TOGETHER.isdisjoint(words(text)):
        return ()
    first = next(at for at, token in enumerate(tokens) if subject(token))
    row = _row(tokens, subject)
    if row and _joined(tokens, first):
        return row
    return _afterthought(tokens, subject) or row


def _joined(tokens: Sequence[Token], first: int) -> bool:
    """Whether what follows the first subject is another of its row, rather than what is asked of it."""
    return tokens[first + 1].word in JOINTS or bool(tokens[first + 1].entity)


def halves(text: str, reader: Reader, subject: Callable[[Token], bool]) -> tuple[str, ...]:
    """Two halves about one subject each that say the same of it: "withdrawal from ketamine and from opioids"."""
    for found in AND.finditer(text):
        both = text[: found.start()], ASIDE.split(text[found.end() :])[0]
        named, said = zip(*(_parted(reader.read(half).tokens, subject) for half in both), strict=True)
        if all(len(one) == 1 for one in named) and named[0] != named[1] and said[0] and said[0] == said[1]:
            return both
    return ()


def _parted(tokens: Sequence[Token], subject: Callable[[Token], bool]) -> tuple[set[str], set[str]]:
    """The subjects of some tokens, and the other words of matter."""
    named = {token.entity for token in tokens if subject(token)}
    return named, {token.key for token in tokens if not subject(token) and token.word not in FUNCTION_WORDS}


def _row(tokens: Sequence[Token], subject: Callable[[Token], bool]) -> tuple[str, ...]:
    """A question for every subject of a row: "ketamine, xanax or heroin"."""
    places = [at for at, token in enumerate(tokens) if subject(token)]
    for first in places:
        row = [first]
        while (after := next((at for at in places if at > row[-1]), 0)) and all(
            token.word in JOINTS for token in tokens[row[-1] + 1 : after]
        ):
            row.append(after)
        while len(row) > 1 and row[-1] == row[-2] + 1:  # "xanax opioids": no joint, so it is not of the row
            row.pop()
        if 1 < len(row) <= MOST and len(tokens) > row[-1] - first + 1:
            around = tokens[:first], tokens[row[-1] + 1 :]
            return tuple(_typed((*around[0], tokens[at], *around[1])) for at in row)
    return ()


def _afterthought(tokens: Sequence[Token], subject: Callable[[Token], bool]) -> tuple[str, ...]:
    """A question and the same of a subject that is named at its end: "is it tea, and coffee too?"."""
    places = [at for at, token in enumerate(tokens) if subject(token)]
    last, before = places[-1], places[:-1]
    tail = next((at for at in range(last - 1, before[-1], -1) if tokens[at].word not in AFTERTHOUGHT), before[-1]) + 1
    rest = tokens[last + 1 :]
    joint = tokens[tail : tail + 1]
    if not joint or joint[0].word not in JOINTS or tail == last or not {token.word for token in rest} <= AFTERTHOUGHT:
        return ()
    at = before[0]
    return _typed(tokens[:tail]), _typed((*tokens[:at], tokens[last], *tokens[at + 1 : tail]))


def _typed(tokens: Sequence[Token]) -> str:
    return " ".join(token.typed for token in tokens)
