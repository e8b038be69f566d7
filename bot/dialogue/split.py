"""A message as the questions in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.text import FUNCTION_WORDS, normalise, sentences, words

MOST = 5  # questions that are answered at once
FEWEST_WORDS = 2  # of a question that stands by itself
ASKING = frozenset("what who whom whose how where when why which".split())
VERBS = frozenset(
    """is are am was were do does did can could will would shall should may might has have had isnt arent dont doesnt
    cant wont is't""".split()
)
REQUESTS = frozenset("tell explain describe list name define compare show give".split())
LEADS = frozenset(
    """and also but so plus then oh ok okay well hi hello hey thanks thank you please pls um uh now next first firstly
    second secondly third thirdly last lastly finally another new one more thing question besides or yes no
    right great cool sorry quick just btw anyway""".split()
)
LISTED = re.compile(r"(?:^|\n|(?<=[\s.?!;:]))\s*(?:\(?\d{1,2}[.)]|[-*•])\s+(?=\S)")
LETTERED = re.compile(r"(?i)(?:^|(?<=\s))\(?([a-h])[.)]\s+(?=\S)")  # a list only where it begins with a and b
ALSO = re.compile(r"(?i)[,;]?\s+(?:and\s+)?(?:also|as well as|plus|another thing|on top of that|besides)[,:]?\s+")
AND = re.compile(r"(?i)\s*(?:,\s*(?:and|but)?|;|&|\+|\band\b|\bn\b|\bbut\b)\s+(?=\S)")
MARKED = re.compile(r"(?<=[?])\s*")


POINTING = frozenset("it they that this these those he she".split())  # they stand for what was named before
SUBJECTS = POINTING | frozenset("i you we there one".split())  # of a clause: "can you", "is there"
JOINING = frozenset(  # before a clause they make it a part of what it stands in: "if it does"
    """if what how why when which that who whom whose where whether and or but not nor as than because since while
    like about of in on for to with from by at much many long fast often soon quickly far well bad is are""".split()
)
OF_THINGS = frozenset("what which whose".split())  # a thing may follow before the verb: "what drug is"
LONGEST_TOPIC = 4  # words of what a question is put of, in front of it
ASIDE = re.compile(r"[,;:]|\s[-–—]\s")
LEAD_IN = re.compile(r":\s+|\s[-–—]\s+")  # "for class: what is …"
CLAUSE = re.compile(r"[,;:.!?\r\n]+|\s[-–—]\s")
OF_ONESELF = frozenset("i me my mine myself we us our ours ourselves".split())
ASKED_FOR = frozenset("tell give show let teach to".split())  # "tell me": the word after says nothing of oneself


class Piece(NamedTuple):
    """A stretch of a message, and whether it has the form of a question."""

    text: str
    asks: bool


def pieces(message: str) -> list[Piece]:
    """The stretches of a message that may be asked by themselves, in order; the message itself where there is one.

    It is cut at the ends of sentences, at the numbers of a list, at "also", and at "and" between two questions
    that have a verb each.

    >>> [piece.text for piece in pieces("what is ketamine and how does it work? thanks")]
    ['what is ketamine', 'how does it work?', 'thanks']
    >>> [piece.text for piece in pieces("ketamine and opioids, what's the difference")]
    ["ketamine and opioids, what's the difference"]
    """
    found = [piece for sentence in _sentences(message) for part in _halves(sentence) for piece in _clauses(part)]
    return [Piece(text, asks(text) or _asks_at_last(text)) for text in found if words(text)]


def asks(text: str) -> bool:
    """Whether a text has the form of a question: its mark, or a question word or verb in front."""
    return "?" in text or _opens(words(text))


def asks_of(said: Sequence[str]) -> bool:
    """Whether words ask something of what stands before them: "is it …", "how does that one …", "how they …"."""
    if len(said) < FEWEST_WORDS:
        return False
    return (said[0] in VERBS and said[1] in POINTING) or (said[0] in ASKING and not POINTING.isdisjoint(said[1:4]))


def _opens(said: tuple[str, ...]) -> bool:
    """Whether words open like a question: "how does", "is it", "tell me", after any number of leads."""
    at = next((at for at, word in enumerate(said) if word not in LEADS), len(said))
    rest = said[at:]
    if len(rest) < FEWEST_WORDS:
        return False
    return rest[0] in ASKING or rest[0] in VERBS or rest[0] in REQUESTS


def _sentences(message: str) -> Iterator[str]:
    for item in LISTED.split(_numbered(message)):
        for sentence in sentences(item):
            for part in MARKED.split(sentence):
                yield from _led_in(part) if part.strip() else ()


def _led_in(sentence: str) -> Iterator[str]:
    """A sentence less what only leads to its question, which comes first: "need for class: what is it"."""
    found = LEAD_IN.search(sentence)
    if found and not asks(sentence[: found.start()]) and _opens(words(sentence[found.end() :])):
        yield sentence[: found.end()].strip()
        yield sentence[found.end() :]
    else:
        yield sentence


def _numbered(message: str) -> str:
    """A message whose list has letters with numbers in their place."""
    letters = [found[1].lower() for found in LETTERED.finditer(message)]
    if letters[:2] != ["a", "b"] or letters != sorted(set(letters)):
        return message
    return LETTERED.sub(lambda found: f"{ord(found[1].lower()) - ord('a') + 1}) ", message)


def _halves(sentence: str) -> Iterator[str]:
    """A sentence cut at "also", where something is asked before it."""
    start = 0
    for found in ALSO.finditer(sentence):
        before, after = sentence[start : found.start()], sentence[found.end() :]
        if asks(before) and len(words(after)) >= FEWEST_WORDS:
            yield before
            start = found.end()
    yield sentence[start:]


def _clauses(sentence: str) -> Iterator[str]:
    """A sentence cut at "and" and commas between two clauses that both open like a question."""
    start = 0
    for found in AND.finditer(sentence):
        before, after = sentence[start : found.start()], sentence[found.end() :]
        if _asks_at_last(before) and _asks_anew(before, words(after)):
            yield before.strip()
            start = found.end()
    yield sentence[start:].strip()


def _asks_at_last(text: str) -> bool:
    """Whether a text, or its last clause, opens like a question, or asks it of a topic in front: "xanax is it …"."""
    for clause in (text, ASIDE.split(text)[-1]):
        said = words(clause)
        at = next((at for at, word in enumerate(said) if word not in LEADS), len(said))
        if _opens(said) or any(asks_of(said[start:]) for start in range(at + 1, at + 1 + LONGEST_TOPIC)):
            return True
    return False


def run_on(text: str) -> list[str]:
    """The clauses of a text without stops in which question follows question; the text itself where there is one.

    A verb with its pronoun, or a question word with its verb, begins another once a question is whole.

    >>> run_on("what is tea does it keep you awake how is it made")
    ['what is tea', 'does it keep you awake', 'how is it made']
    >>> run_on("how fast does it work"), run_on("what is it if it is not tea")
    (['how fast does it work'], ['what is it if it is not tea'])
    """
    typed = text.split()
    said = [" ".join(words(word)) for word in typed]
    starts = [0]
    for at in range(2, len(typed) - 1):
        if said[at - 1] not in JOINING and _begins(said[at : at + 4]) and _whole(said[starts[-1] : at]):
            starts.append(at)
    return [" ".join(typed[start:end]) for start, end in zip(starts, [*starts[1:], len(typed)], strict=True)]


def _whole(said: Sequence[str]) -> bool:
    """Whether words are a question that has its verb and says what it is about."""
    plain = tuple(word for one in said for word in one.split())
    return _opens(plain) and not VERBS.isdisjoint(plain) and not FUNCTION_WORDS.issuperset(plain)


def _begins(said: Sequence[str]) -> bool:
    """Whether words begin a question: "does it", "what is", "how safe is it"; not the clause "when it is"."""
    if said[0] in VERBS:
        return said[1] in SUBJECTS and len(said) > FEWEST_WORDS
    plain = " ".join(said).split()[:4]
    if len(plain) < FEWEST_WORDS or plain[0] not in ASKING:
        return False
    late = plain[0] in OF_THINGS or (plain[0] == "how" and not SUBJECTS.isdisjoint(plain[3:]))
    return not VERBS.isdisjoint(plain[1 : 3 if late else 2])


def _asks_anew(before: str, after: tuple[str, ...]) -> bool:
    """Whether the words after a joint open a question of their own, rather than the other half of a contrast."""
    at = next((at for at, word in enumerate(after) if word not in LEADS), len(after))
    rest = after[at:]
    if len(rest) < FEWEST_WORDS or after[0] == "or":
        return False
    if rest[0] in VERBS:  # but "and is addictive", "and does not slow breathing" go on
        return rest[1] != "not" and len(rest) > FEWEST_WORDS
    return rest[0] in ASKING or rest[0] in REQUESTS


def clauses(message: str) -> list[str]:
    """The clauses of a message, between its stops, in order and normalised."""
    return [clause.strip() for clause in CLAUSE.split(normalise(message)) if words(clause)]


def tells(message: str) -> list[str]:
    """The clauses of a message that tell rather than ask, in order; all of them where it speaks of the writer."""
    found = clauses(message)
    said = words(message)
    of_oneself = any(
        word in OF_ONESELF and not (at and said[at - 1] in ASKED_FOR and word in ("me", "us"))
        for at, word in enumerate(said)
    )
    return [clause for clause in found if of_oneself or not _opens(words(clause))]


def says_nothing(text: str) -> bool:
    """Whether a text is only what leads to something else: "no.", "ok then"."""
    return LEADS.issuperset(words(text))


def shown(text: str, most: int = 60) -> str:
    """A stretch of a message as it may be repeated to the person: words alone, nothing that is markup."""
    plain = " ".join(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", normalise(text)))
    return plain if len(plain) <= most else plain[: plain.rfind(" ", 0, most)] + " …"
