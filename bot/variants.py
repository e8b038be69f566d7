"""Near misses and harmless variants of a phrasing, made by rule and in a fixed order.

A near miss asks something else in nearly the same words: of another thing of the same kind, negated, turned round,
or with one word for its opposite. A harmless variant asks the same, typed otherwise: one slip of the keyboard, a
dropped article, a doubled letter, text-speak, two words run together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import islice, pairwise

from bot.knowledge import Intent, KnowledgeBase
from bot.matching import Reader
from bot.spelling import neighbours
from bot.text import FUNCTION_WORDS, english

LONG = 5  # letters of a word that is misspelt; a slip in a shorter one often gives another word
SWAPS = 3  # other things that a phrasing is asked of
WITHIN = 4  # words, among the first of which the verb of a question stands: "how much money does …"
UN = "un"
OTHER_THING = "other thing"  # the form of a near miss that asks of another thing
NEGATIONS = ("not", "never", "no longer")
NEGATIVE = frozenset({"not", "never", "no", "nor", "cannot", "nothing", "nobody"})
OPPOSITES = (
    ("start", "stop"), ("starting", "stopping"), ("with", "without"), ("before", "after"), ("improve", "worsen"),
    ("improves", "worsens"), ("help with", "worsen"), ("helps with", "worsens"), ("raise", "lower"),
    ("raises", "lowers"), ("increase", "reduce"), ("speed up", "slow down"),
)  # fmt: skip
COMPARISONS = (("more", "less"), ("safer", "riskier"))
LINKS = frozenset("for on of by using having".split())  # before what a question speaks of: "without" for them
AUXILIARIES = frozenset("is are was were do does did can could will would should has have had may might must".split())
ASKING = frozenset("what how why which who when where whose".split())
DETERMINERS = frozenset("a an the my your our their his her this that these those any some".split())
ARTICLES = re.compile(r"\b(?:a|an|the) ", re.IGNORECASE)
TEXT_SPEAK = {"you": "u", "are": "r", "please": "pls", "because": "cos", "people": "ppl", "what": "wat", "your": "ur"}
WORD = re.compile(r"[a-z]+", re.IGNORECASE)


def other_thing(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The phrasing asked of other things of the same kind as one that it names and its intent is about."""
    entities = kb.lexicon.entities
    for token in reader.read(phrasing).tokens:
        if token.entity not in intent.about or token.typed not in phrasing.lower():
            continue
        kind, near = entities[token.entity].kind, {*intent.about, *kb.lexicon.lineage(token.entity)}
        others = [one for one in entities.values() if one.kind == kind and near.isdisjoint(kb.lexicon.lineage(one.id))]
        start = len(phrasing) % max(1, len(others))  # another choice for every phrasing
        for other in islice(others[start:] + others[:start], SWAPS):
            yield _replaced(phrasing, token.typed, other.name)


def negated(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """A question with "not", "never" and "no longer" behind its subject; and with "un" before a word, or without it."""
    words = phrasing.split()
    plain = [word.lower().strip("?,.!") for word in words]
    if NEGATIVE.isdisjoint(plain):
        for at in _places(plain, {token.typed for token in reader.read(phrasing).tokens if token.entity}):
            for negation in NEGATIONS:
                yield " ".join([*words[:at], negation, *words[at:]])
    for word in plain:
        bare = word.removeprefix(UN)
        other = bare if bare != word else UN + word
        if min(len(word), len(other)) >= LONG - 1 and {word, other} <= english():
            yield _replaced(phrasing, word, other)


def _places(words: Sequence[str], named: Container[str]) -> Iterator[int]:
    """Where a negation may stand in a question: behind its subject, where the verb comes first, or before "to"."""
    verbs = (at for at, word in enumerate(words[:WITHIN]) if word in AUXILIARIES and (not at or words[0] in ASKING))
    verb = next(verbs, None)
    if verb is None:
        if len(words) > 2 and words[0] in ASKING and "to" in words[1:3]:
            yield words.index("to")
        return
    subject = verb + 1
    while words[subject : subject + 1] and words[subject] in DETERMINERS:
        subject += 1
    while words[subject + 1 : subject + 2] and " ".join(words[subject : subject + 2]) in named:
        subject += 1  # a name of two words
    if subject + 1 < len(words):
        yield subject + 1


def reversed_order(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The two subjects of a phrasing in each other's place; and a comparison the other way round."""
    named = list(dict.fromkeys(t.typed for t in reader.read(phrasing).tokens if t.entity in intent.about))
    if len(named) == 2 and len({t.entity for t in reader.read(phrasing).tokens if t.entity in intent.about}) == 2:
        one, other = named
        yield _replaced(_replaced(_replaced(phrasing, one, "\0"), other, one), "\0", other)
    yield from _turned(phrasing, COMPARISONS)


def opposite(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The phrasing with one word for its opposite; and doing without a thing that it speaks of."""
    yield from _turned(phrasing, OPPOSITES)
    named = {token.typed for token in reader.read(phrasing).tokens if token.entity in intent.about}
    words = phrasing.split()
    for at, word in enumerate(words[1:-1], 1):
        after = words[at + 1].lower().strip("?,.!")
        meant = after in named if intent.about else after not in FUNCTION_WORDS
        if word.lower() in LINKS and meant and "without" not in phrasing.lower():
            yield " ".join([*words[:at], "without", *words[at + 1 :]])


def _turned(phrasing: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The phrasing with one side of a pair for the other, where it has not both."""
    for pair in pairs:
        for one, other in (pair, pair[::-1]):
            has_one, has_other = (re.search(rf"\b{word}\b", phrasing, re.IGNORECASE) for word in (one, other))
            if has_one and not has_other:
                yield _replaced(phrasing, one, other)


def one_slip(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """Every long word with one slip, at every letter."""
    for found in WORD.finditer(phrasing):
        for slip in slips(found[0]) if len(found[0]) >= LONG else ():
            yield phrasing[: found.start()] + slip + phrasing[found.end() :]


def slips(word: str) -> Iterator[str]:
    """A word with each letter left out, doubled, swapped with the next, hit beside, and hit with the key beside it.

    Of the five or so keys beside a letter one stands for all, another one at each place, so that the number of slips
    grows with the word and no faster.

    >>> list(slips("fee"))
    ['ee', 'ffee', 'efe', 'cee', 'fcee', 'fe', 'feee', 'fre', 'fere', 'fes', 'fees']
    """
    made = []
    for at, letter in enumerate(word):
        before, after = word[:at], word[at + 1 :]
        made += [before + after, before + letter + letter + after]
        if after:
            made.append(before + after[0] + letter + after[1:])
        if keys := neighbours(letter.lower()):
            key = keys[at % len(keys)]
            made += [before + key + after, before + letter + key + after]
    yield from (slip for slip in dict.fromkeys(made) if slip != word)


def dropped_article(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The phrasing without its articles."""
    yield ARTICLES.sub("", phrasing)


def text_speak(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The phrasing as it is typed on a phone."""
    yield WORD.sub(lambda found: TEXT_SPEAK.get(found[0].lower(), found[0]), phrasing)


def run_together(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """Each two neighbouring long words as one."""
    words = phrasing.split()
    for at, (one, other) in enumerate(pairwise(words)):
        if min(len(one), len(other)) >= LONG and one.isalpha():
            yield " ".join([*words[:at], one + other, *words[at + 2 :]])


Maker = Callable[[str, Intent, KnowledgeBase, Reader], Iterable[str]]
NEAR_MISSES: dict[str, Maker] = {
    OTHER_THING: other_thing, "negated": negated, "reversed": reversed_order, "opposite": opposite,
}  # fmt: skip
HARMLESS: dict[str, Maker] = {
    "one slip": one_slip, "dropped article": dropped_article, "text-speak": text_speak, "run together": run_together,
}  # fmt: skip


def _replaced(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text, flags=re.IGNORECASE)
