"""Near misses and harmless variants of a phrasing, made by rule and in a fixed order.

A near miss asks something else in nearly the same words: of another thing of the same kind, negated, turned round,
or with one word for its opposite. A harmless variant asks the same, typed otherwise: one slip of the keyboard, a
dropped article, a doubled letter, text-speak, two words run together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import islice, pairwise

from bot.dialogue import pieces
from bot.gates.turns import AUXILIARIES, UN
from bot.knowledge import Intent, KnowledgeBase
from bot.matching import Reader
from bot.spelling import neighbours
from bot.text import FUNCTION_WORDS, english

LONG = 5  # letters of a word that is misspelt; a slip in a shorter one often gives another word
SWAPS = 3  # other things that a phrasing is asked of
WITHIN = 4  # words, among the first of which the verb of a question stands: "how much money does …"
OTHER_THING = "other thing"  # the form of a near miss that asks of another thing
NEGATIONS = ("never", "no longer")
NOT = {"can": "can't", "will": "won't", "am": "am not", "may": "may not", "might": "might not"}
NEGATIVE = frozenset({"not", "never", "no", "nor", "cannot", "nothing", "nobody"})
OPPOSITES = (
    ("start", "stop"), ("starting", "stopping"), ("with", "without"), ("before", "after"), ("improve", "worsen"),
    ("improves", "worsens"), ("help with", "worsen"), ("helps with", "worsens"), ("raise", "lower"),
    ("raises", "lowers"), ("increase", "reduce"), ("speed up", "slow down"),
)  # fmt: skip
COMPARISONS = (("more", "less"), ("safer", "riskier"))
LINKS = frozenset("for on of by using having".split())  # before what a question speaks of: "without" for them
ASKING = frozenset("what how why which who when where whose".split())
BE = frozenset("is are was were".split())
POINTING = frozenset("it they them their this that these those both two either other others".split())
PRONOUNS = frozenset("i you he she it we they there this that these those people".split())
JOINTS = frozenset("and or nor but of that which who with for s plus versus vs".split())  # the subject goes on
PHRASAL = frozenset(
    "help helps helped helping deal deals cope do does done wrong happen happens agree compare compared same".split()
)  # "help with" is one word, and its "with" no company
ARTICLES = re.compile(r"\b(?:a|an|the) ", re.IGNORECASE)
TEXT_SPEAK = {"you": "u", "are": "r", "please": "pls", "because": "cos", "people": "ppl", "what": "wat", "your": "ur"}
WORD = re.compile(r"[a-z]+", re.IGNORECASE)


def other_thing(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The phrasing asked of other things of the same kind as one that it names and its intent is about.

    Every mention is exchanged, those of its members as well: what is left names it nowhere. Things that are only told
    of stay where the question stands by itself, since it would still ask the same.
    """
    entities = kb.lexicon.entities
    tokens = [token for token in reader.read(phrasing).tokens if token.entity and token.typed in phrasing.lower()]
    of_itself = _asked_of(phrasing, intent, reader)
    for thing in dict.fromkeys(token.entity for token in tokens if token.entity in intent.about):
        mentions = {token.typed for token in tokens if thing in kb.lexicon.lineage(token.entity)}
        if of_itself and mentions.isdisjoint(of_itself):
            continue
        kind, near = entities[thing].kind, {*intent.about, *kb.lexicon.lineage(thing)}
        others = [one for one in entities.values() if one.kind == kind and near.isdisjoint(kb.lexicon.lineage(one.id))]
        start = len(phrasing) % max(1, len(others))  # another choice for every phrasing
        for other in islice(others[start:] + others[:start], SWAPS):
            yield _replaced(phrasing, "|".join(map(re.escape, sorted(mentions, key=len, reverse=True))), other.name)


def _asked_of(phrasing: str, intent: Intent, reader: Reader) -> set[str]:
    """The things of an intent that the one question of a phrasing names, as typed, where it points to nothing told."""
    asked = [piece.text for piece in pieces(phrasing) if piece.asks]
    tokens = reader.read(asked[0]).tokens if len(asked) == 1 else ()
    if any(token.word in POINTING for token in tokens):
        return set()
    return {token.typed for token in tokens if token.entity in intent.about}


def negated(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """A question with "not" in its verb; with "never" and "no longer" behind a named subject; with or without "un"."""
    words = phrasing.split()
    plain = [word.lower().strip("?,.!") for word in words]
    if not NEGATIVE.isdisjoint(plain) or any(word.endswith(("n't", "n’t")) for word in plain):
        return
    verbs = (at for at, word in enumerate(plain[:WITHIN]) if word in AUXILIARIES and (not at or plain[0] in ASKING))
    verb = next(verbs, None)
    if verb is None:
        if len(plain) > 2 and plain[0] in ASKING and "to" in plain[1:3]:
            yield " ".join(["not to" if word == "to" else word for word in words])
        return
    yield " ".join([*words[:verb], NOT.get(plain[verb], plain[verb] + "n't"), *words[verb + 1 :]])
    behind = _behind_subject(plain, verb + 1, {token.typed for token in reader.read(phrasing).tokens if token.entity})
    if not behind:
        return
    for negation in ("not", *NEGATIONS):
        yield " ".join([*words[:behind], negation, *words[behind:]])
    word = plain[behind]
    other = word.removeprefix(UN) if word.startswith(UN) else UN + word
    predicate = plain[verb] in BE and (len(plain) == behind + 1 or plain[behind + 1] in ("to", "for"))
    if predicate and min(len(word), len(other)) >= LONG - 1 and {word, other} <= english():
        yield _replaced(phrasing, re.escape(word), other)


def _behind_subject(plain: Sequence[str], at: int, named: Container[str]) -> int:
    """The place behind a subject that is a name, a pronoun or all but the last word, "is parking free"; 0 for none."""
    at += plain[at : at + 1] in (["a"], ["an"], ["the"])
    if len(plain) == at + 2:
        return at + 1
    for length in (2, 1):
        name, after = " ".join(plain[at : at + length]), plain[at + length : at + length + 1]
        if after and after[0] not in JOINTS and (name in named or name in PRONOUNS):
            return at + length
    return 0


def reversed_order(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The two subjects of a phrasing in each other's place; and a comparison the other way round."""
    named = list(dict.fromkeys(t.typed for t in reader.read(phrasing).tokens if t.entity in intent.about))
    if len(named) == 2 and len({t.entity for t in reader.read(phrasing).tokens if t.entity in intent.about}) == 2:
        one, other = named
        either = re.compile(rf"(?<!\w)(?:{re.escape(one)}|{re.escape(other)})(?!\w)", re.IGNORECASE)
        yield either.sub(lambda found: other if found[0].lower() == one else one, phrasing)
    yield from _turned(phrasing, COMPARISONS)


def opposite(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
    """The phrasing with one word for its opposite; and doing without a thing that it speaks of."""
    plain = phrasing.lower().split()
    phrasal = any(word == "with" and before in PHRASAL for before, word in pairwise(plain))
    yield from _turned(phrasing, (pair for pair in OPPOSITES if not (phrasal and "with" in pair)))
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
                yield _replaced(phrasing, re.escape(one), other)


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


def _in_question(make: Maker) -> Maker:
    """What a maker makes of the one question of a phrasing; what is told around it stays, and leaves the same asked.

    Of several questions none is varied, since the others still ask the same.
    """

    def made(phrasing: str, intent: Intent, kb: KnowledgeBase, reader: Reader) -> Iterator[str]:
        found = pieces(phrasing)
        asked = [piece.text for piece in found if piece.asks or len(found) == 1]
        if len(asked) == 1 and asked[0] in phrasing:
            before, after = phrasing.split(asked[0], 1)
            yield from (before + text + after for text in make(asked[0], intent, kb, reader))

    return made


NEAR_MISSES: dict[str, Maker] = {
    OTHER_THING: other_thing,
    "negated": _in_question(negated),
    "reversed": _in_question(reversed_order),
    "opposite": _in_question(opposite),
}
HARMLESS: dict[str, Maker] = {
    "one slip": one_slip, "dropped article": dropped_article, "text-speak": text_speak, "run together": run_together,
}  # fmt: skip


def _replaced(text: str, pattern: str, new: str) -> str:
    """A text with every whole word that a pattern matches exchanged."""
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda _: new, text, flags=re.IGNORECASE)
