"""Questions that leave out what was said before: "and xanax?", "is it addictive", "no, I meant opioids"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.dialogue.context import Context
from bot.dialogue.split import ASKING, REQUESTS, VERBS, asks_of
from bot.knowledge import KnowledgeBase
from bot.matching import Reader, Reading, Token
from bot.text import FUNCTION_WORDS, words

PRONOUNS = frozenset("it this that they them these those its their".split())
# Words that only carry over what was asked before: "and … too?", "what about …", "same question for …".
CARRYING = frozenset(
    """and or but also too then so ok okay well what about how for with of in on the a an same as if case instead
    regarding concerning thing question one ones please now to like say let us talk me tell hmm hm um oh yes
    yeah just only another other there any is are does do it that goes go mean meant i no not sorry was said
    asking nope nah wait actually rather wrong typo talking hi hey thanks thank you by way s vs versus by maybe
    wanted want happen happens apply applies asked ask drug medicine substance name word lol haha tho though got
    get""".split()
)
CARRIED = frozenset("too also either same and about meant mean said or asking".split())
QUESTION_VERBS = frozenset(
    "is are does do was were can".split()
)  # with a name alone they ask anew, unless carried over
LEADS = frozenset(
    """and or but also then so ok okay well what about how regarding as for plus no nope nah sorry wait actually oops i
    mean meant said was asking talking rather typo not hmm hm um oh yes yeah thanks thank you now to""".split()
)
CORRECTING = frozenset(
    "no nope nah sorry wait actually oops meant mean said asking talking rather typo not wrong".split()
)
EXPLETIVE = frozenset(("that", "to", "if", "when"))  # a few words after an "it" that stands for nothing
DENYING = frozenset("no nope nah i said mean meant not the sorry about asked asking was am wait please".split())
KEPT_LEADS = frozenset("what how so for".split())  # where they open a question: "what does it do"
DEGREES = frozenset("worst worse best better safer safest stronger strongest harder easier quicker faster".split())
COMPARING = DEGREES | frozenset("and so which is are was the one ones of them these two then it that what".split())
PREPOSITIONS = frozenset("for with in at per of by after before during on without through via".split())
CLAUSE_WORDS = VERBS | ASKING
COMPARED = frozenset("than same similar different".split())
TRIED = 2  # completions at most


class Ellipsis:
    """Fills in what a message leaves out, from what was said last. Immutable."""

    def __init__(self, kb: KnowledgeBase, reader: Reader) -> None:
        self._kb = kb
        self._reader = reader
        entities = kb.lexicon.entities
        mains = {intent.about[0] for intent in kb.intents.values() if intent.about}
        kinds = {entities[main].kind for main in mains if main in entities}
        self._subjects = frozenset(thing for thing, entity in entities.items() if entity.kind in kinds)

    def is_subject(self, token: Token) -> bool:
        """Whether a token names a thing of the kinds that questions are mainly about."""
        return token.entity in self._subjects

    def subjects(self, reading: Reading) -> tuple[str, ...]:
        """The things that a message names of the kinds that questions are mainly about, in order."""
        return tuple(thing for thing in reading.entities if thing in self._subjects)

    def renamed(self, entity: str, context: Context) -> str:
        """The last question, asked of a subject; empty where there is none."""
        return next((self._renamed(frame, entity, context) for frame in self._frames(context)), "")

    def completions(self, reading: Reading, context: Context) -> tuple[str, ...]:
        """The questions that a message may stand for in its context, likeliest first; none where it is complete."""
        return tuple(dict.fromkeys(self._completions(reading, context)))[:TRIED]

    def carried_over(self, reading: Reading) -> bool:
        """Whether a message names a subject and nothing else: "and xanax?", "what about opioids"."""
        rest = [word for token in reading.tokens if token.entity not in self._subjects for word in token.word.split()]
        named = len(rest) < sum(len(token.word.split()) for token in reading.tokens)
        subjects = sum(token.entity in self._subjects for token in reading.tokens)
        predicate = subjects > 1 or (not PRONOUNS.isdisjoint(rest) and CARRIED.isdisjoint(_led(rest)))
        anew = not QUESTION_VERBS.isdisjoint(rest) and predicate  # "is it an opioid", "is morphine an opioid too"
        what = "what" in rest and "about" not in rest
        return named and set(rest) <= CARRYING and not anew and not what

    def lacks(self, reading: Reading, context: Context) -> bool:
        """Whether a message leaves to the last question what it is about: it only names a subject, or says "it"."""
        if self.carried_over(reading) or self.repeats(reading, context):
            return True
        if context.entities and self._is_one(reading.tokens) is not None:
            return True
        said = [token.word for token in reading.tokens]
        place = _pronoun(said) if context.entities else None
        if place is None:
            return False
        if (
            place
            and said[place - 1] in QUESTION_VERBS
            and not any(token.entity in self._subjects for token in reading.tokens[:place])
        ):
            return True  # "are they …": the pronoun is what the question is about, whatever else it names
        kinds = {self._kind(thing) for thing in self.subjects(reading)}
        return self._kind(context.entities[0]) not in kinds

    def is_phrase(self, reading: Reading) -> bool:
        """Whether a message, leads aside, is a preposition with its thing, and no clause: "and for a child?"."""
        said = [token.word for token in reading.tokens]
        at = next((at for at, word in enumerate(said) if word in PREPOSITIONS or word not in LEADS), len(said))
        return said[at : at + 1] != [] and said[at] in PREPOSITIONS and CLAUSE_WORDS.isdisjoint(said[at:])

    def repeats(self, reading: Reading, context: Context) -> bool:
        """Whether a phrase says nothing new beside its subject: "and for xanax addiction" after one on addiction."""
        if not (context.frame and self.is_phrase(reading)):
            return False
        asked = set(self._reader.read(context.frame).keys)
        other = (token for token in reading.tokens if not self.is_subject(token))
        return all(token.key in asked for token in other if token.content and token.word not in CARRYING)

    def is_half(self, reading: Reading, context: Context) -> bool:
        """Whether a message without a verb compares what was spoken of: "in the same class as opioids?"."""
        said = [token.word for token in reading.tokens]
        at = next((at for at, word in enumerate(said) if word not in LEADS), len(said))
        other = self.subjects(reading)[:1]
        if not (context.entities and other) or other == context.entities[:1] or at == len(said):
            return False
        compared = not COMPARED.isdisjoint(said) or not {"as", "like", "unlike"}.isdisjoint(said[: at + 1])
        return compared and (CLAUSE_WORDS | REQUESTS).isdisjoint(said)

    def points_back(self, reading: Reading) -> bool:
        """Whether a message has a pronoun that stands for something named before."""
        return _pronoun([token.word for token in reading.tokens]) is not None

    def meant(self, message: str, reading: Reading) -> str:
        """A correction without its opening ("no, I meant …", "not ketamine, …"); any other message as it is."""
        tokens = reading.tokens
        at = next((at for at, token in enumerate(tokens) if token.word not in LEADS), len(tokens))
        opening = {token.word for token in tokens[:at]}
        kept = self._without_denied(tokens)
        if kept is not None:
            return " ".join(token.typed for token in kept)
        if fronted := self._fronted(tokens, at):
            return fronted
        if CORRECTING.isdisjoint(opening) or at == len(tokens):
            return message
        while at and tokens[at - 1].word in KEPT_LEADS:
            at -= 1
        return " ".join(token.typed for token in tokens[at:])

    def _fronted(self, tokens: Sequence[Token], at: int) -> str:
        """A question of the subject that stands in front of it, in its place: "xanax, is it an opioid"; else empty.

        `at`: where the message begins, leads aside.
        """
        rest = tokens[at + 1 :]
        if at == len(tokens) or not self.is_subject(tokens[at]) or any(map(self.is_subject, rest[:1])):
            return ""
        said = [token.word for token in rest]
        place = _pronoun(said)
        if place is None or not asks_of(said) or any(map(self.is_subject, rest[:place])):
            return ""
        after = place + 1 + (said[place + 1 : place + 2] == ["one"])
        return " ".join(token.typed for token in (*rest[:place], tokens[at], *rest[after:]))

    def denied(self, reading: Reading) -> str:
        """The subject that a message takes out, where it does nothing else: "not opioids"; empty for none."""
        named = self.subjects(reading)
        said = [token.word for token in reading.tokens if token.entity not in self._subjects]
        at = next((at for at, token in enumerate(reading.tokens) if token.entity in self._subjects), 0)
        if len(named) != 1 or not at or reading.tokens[at - 1].word != "not" or not set(said) <= DENYING:
            return ""
        return named[0]

    def besides(self, thing: str, context: Context) -> str:
        """The subject that was spoken of besides a thing, the latest first; empty for none."""
        told = (self._kb.intents[one].about[:1] for one in reversed(context.told) if one in self._kb.intents)
        for other in (*context.entities, *(about for abouts in told for about in abouts)):
            if thing not in self._kb.lexicon.lineage(other) and other in self._subjects:
                return other
        return ""

    def part_of(self, reading: Reading, context: Context) -> str:
        """The choice whose title, alone among them, has every word of matter of a message; empty for none."""
        said = {token.key for token in reading.tokens if token.content and token.word not in CARRYING}
        if not said:
            return ""
        offered = [choice for choice in context.choices if choice in self._kb.intents]
        fitting = [choice for choice in offered if said <= set(self._reader.read(self._kb.title(choice)).keys)]
        return fitting[0] if len(fitting) == 1 else ""

    def _completions(self, reading: Reading, context: Context) -> Iterator[str]:
        if compares(token.word for token in reading.tokens):
            return  # "which is worse" is about two things, and no question about one
        named = self.subjects(reading)
        if (at := self._is_one(reading.tokens)) is not None and context.entities[:1] != named:
            said = [token.typed for token in reading.tokens]
            yield from (" ".join((*said[:at], self._name(one), *said[at + 1 :])) for one in context.entities[:1])
        if named and (self.carried_over(reading) or self.repeats(reading, context)):
            for frame in self._frames(context):
                yield self._renamed(frame, named[-1] if len(named) > 1 else named[0], context)
        elif not named or self.lacks(reading, context) or self.is_half(reading, context):
            said = [word for token in reading.tokens for word in token.word.split()]
            for entity in context.entities[:1]:
                yield self._filled(said, entity)

    def _is_one(self, tokens: Sequence[Token]) -> int | None:
        """Where "one" stands for what was spoken of, behind the one subject of a question: "is xanax one too"."""
        at = next((at for at, token in enumerate(tokens) if token.word == "one" and at > 1), None)
        if at is None or not self.is_subject(tokens[at - 1]) or tokens[at - 2].word not in ("is", "are"):
            return None
        return at if all(token.word in CARRYING for token in tokens[at + 1 :]) else None

    def _frames(self, context: Context) -> Iterator[str]:
        """Questions of the base that the last one was like."""
        if context.frame:
            yield context.frame
        yield from (self._kb.title(intent) for intent in context.intents if intent in self._kb.intents)

    def _renamed(self, frame: str, entity: str, context: Context) -> str:
        """A question with its subject exchanged for another."""
        tokens = self._reader.read(frame).tokens
        at = self._place(tokens, entity, context)
        if at is None:
            return self._filled(words(frame), entity)
        return " ".join((*(t.typed for t in tokens[:at]), self._name(entity), *(t.typed for t in tokens[at + 1 :])))

    def _place(self, tokens: Sequence[Token], entity: str, context: Context) -> int | None:
        """Where the subject stands that another is to replace: the one named last, one of its kind, or any."""
        places = [at for at, token in enumerate(tokens) if token.entity in self._subjects]
        lineage = [set(self._kb.lexicon.lineage(tokens[at].entity)) for at in places]
        last = [at for at, line in zip(places, lineage, strict=True) if line & set(context.entities[:1])]
        kin = [at for at in places if self._kind(tokens[at].entity) == self._kind(entity)]
        return next(iter((*(at for at in last if at in kin), *kin, *last, *places)), None)

    def _filled(self, said: Sequence[str], entity: str) -> str:
        """Words with a subject in the place of a pronoun, or in front."""
        name = self._name(entity)
        if (place := _pronoun(said)) is not None:
            return " ".join((*said[:place], name, *said[place + 1 :]))
        at = next((at for at, word in enumerate(said) if word not in LEADS), 0)
        said = said[at - 1 :] if at and said[at - 1] in KEPT_LEADS else said[at:]
        return " ".join((name, *said))

    def _kind(self, entity: str) -> str:
        known = self._kb.lexicon.entities.get(entity)
        return known.kind if known else ""

    def _name(self, entity: str) -> str:
        return self._kb.lexicon.entities[entity].name if entity in self._kb.lexicon.entities else entity

    def _without_denied(self, tokens: Sequence[Token]) -> list[Token] | None:
        """The tokens less a subject behind "not", where another subject is left: "not ketamine, xanax"."""
        denied = [
            at
            for at, token in enumerate(tokens)
            if token.entity in self._subjects
            and at
            and tokens[at - 1].word == "not"
            and (at < 2 or tokens[at - 2].word not in QUESTION_VERBS)
        ]
        left = [token for at, token in enumerate(tokens) if token.entity in self._subjects and at not in denied]
        if not denied or not left:
            return None
        kept = [token for at, token in enumerate(tokens) if at not in denied and at + 1 not in denied]
        rest = [token for token in kept if token.entity not in self._subjects]
        return kept if all(token.word in CARRYING for token in rest) else None


def compares(said: Iterable[str]) -> bool:
    """Whether words ask for the better or worse of what was spoken of, and for nothing else."""
    return (found := frozenset(said)) <= COMPARING and not found.isdisjoint(DEGREES)


def _led(said: Sequence[str]) -> Sequence[str]:
    """Words less an "and" or the like in front of a verb and a pronoun: "and is it …" asks anew."""
    at = next((at for at, word in enumerate(said) if word not in LEADS), len(said))
    return said[at:] if len(said) > at + 1 and said[at] in QUESTION_VERBS and said[at + 1] in PRONOUNS else said


def _pronoun(said: Sequence[str]) -> int | None:
    """The place of the first pronoun that stands for something named before: not "is it true that", "a drug that"."""
    for at, word in enumerate(said):
        if word == "it" and not EXPLETIVE.isdisjoint(said[at + 1 : at + 4]):
            continue
        if word in PRONOUNS and not (word == "that" and at and said[at - 1] not in FUNCTION_WORDS):
            return at
    return None
