"""What one question comes to in its conversation: how it was read, what came near, the decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from bot.decision import Answer, Asked, Declined, Weighed, decide
from bot.dialogue import REQUESTS, Context, Ellipsis, asks, unframed
from bot.gates import Finding, Gates
from bot.knowledge import SMALLTALK, KnowledgeBase
from bot.knowledge.limits import Limits
from bot.matching import SAME, Candidate, Contribution, Match, Matcher, Query, Reader, Reading, phrasings_of
from bot.text import words

CANDIDATES = 8  # intents that are weighed; the right one is hardly ever further down
ALIKE = 0.8  # likeness to a phrasing (a cosine) of a question that is sure whatever is told beside it
SURELY, LIKE = 93.0, 0.45  # score of small talk, or its likeness to a phrasing (a cosine), from which it is meant
TURNING_GATES = frozenset({"polarity", "direction", "opposite_words"})  # they find a question turned round
CERTAIN = 100.0  # score of what a person picked


class Understood(NamedTuple):
    """A question as it was typed, as it was read, and what it comes to."""

    typed: str
    reading: Reading
    weighed: tuple[Weighed, ...]  # best first
    decision: Answer | Asked | Declined
    read_as: str = ""  # the whole question that an elliptic one was taken for
    nearness: float = 0.0  # the cosine with the nearest phrasing of the intent that answers it; 0 where none does

    @property
    def answered(self) -> bool:
        """Whether one intent is meant for sure."""
        return isinstance(self.decision, Answer)

    @property
    def intent(self) -> str:
        """The intent that answers it; empty where none does."""
        return self.decision.match.intent if isinstance(self.decision, Answer) else ""


class Interpreter:
    """Makes out single questions by one knowledge base. Immutable."""

    def __init__(self, kb: KnowledgeBase, limits: Limits) -> None:
        self._kb = kb
        self._limits = limits
        self.reader = Reader(kb)
        readings = {i: [self.reader.read(text) for text in phrasings_of(intent)] for i, intent in kb.intents.items()}
        lookalikes = {i: [self.reader.read(text) for text in intent.lookalikes] for i, intent in kb.intents.items()}
        self.matcher = Matcher(kb, readings, lookalikes)
        self.gates = Gates(kb, self.matcher, readings)
        self._ellipsis = Ellipsis(kb, self.reader)
        self._unnamed = frozenset(i for i, found in readings.items() if self._goes_unnamed(kb.intents[i].about, found))

    def _goes_unnamed(self, about: Sequence[str], found: Sequence[Reading]) -> bool:
        """Whether most phrasings of an intent leave its main subject unnamed."""
        named = (self._ellipsis.subjects(reading) for reading in found)
        naming = sum(any(about[0] in self._kb.lexicon.lineage(thing) for thing in one) for one in named if about)
        return bool(about) and naming <= len(found) / 2

    def rank(self, message: str, limit: int) -> list[Match]:
        """The intents closest to a message, best first; ties go by name. No score is above the one before."""
        query = self.matcher.query(self.reader.read(message))
        found = self.matcher.candidates(query, limit + 1)
        following = [*found[1:], None]
        ranked = [self.matcher.match(query, one, after) for one, after in zip(found, following, strict=False)]
        shown = accumulate((match.score for match in ranked), min)  # coverage and lead may put one above its place
        return [match._replace(score=score) for match, score in zip(ranked, shown, strict=True)][:limit]

    def understood(self, text: str, reading: Reading, context: Context) -> Understood:
        """One question, which reads so, in its context; without what stands around it, unless that is in the base."""
        bare = unframed(text)
        if not bare:
            return self._understood(text, reading, context)
        plain = self.reader.read(bare)
        lost = set(self._ellipsis.subjects(reading)) - set(self._ellipsis.subjects(plain))
        whole = self._asked(text, reading)
        chats = self.is_small_talk(whole) and whole.nearness < SAME  # "thank you dear" is no "hello dear"
        if lost or (self._complete(whole, context) and not chats and self.likely(whole)):
            return self._understood(text, reading, context)
        one = self._understood(bare, plain, context)
        against = {weighed.match.intent: weighed.findings for weighed in whole.weighed}
        if turns_round(against.get(one.intent, ())):
            return self._understood(text, reading, context)
        return one._replace(typed=text)

    def _understood(self, text: str, reading: Reading, context: Context) -> Understood:
        """One question, which reads so: as it stands where it is complete, else filled in from its context."""
        if denied := self.denied(text):
            return self._besides(text, denied, context)
        afresh = not (context.entities or context.frame or context.choices)
        denies = afresh and words(text)[:1] == ("not",)  # "not open" corrects nothing where nothing was said before
        meant = text if denies else self._ellipsis.meant(text, reading)
        first = self._asked(meant, reading if meant == text else self.reader.read(meant))._replace(typed=text)
        if afresh or self._complete(first, context):
            return first
        if context.asked and (choice := self._ellipsis.part_of(first.reading, context)):
            return self._picked(first, choice)
        if not asks(text) and not any(token.content for token in first.reading.tokens):
            return first  # "yes I have it" leaves nothing out that could be looked up
        tried = []
        for completed in self._ellipsis.completions(first.reading, context):
            one = self._asked(completed, self.reader.read(completed))._replace(typed=text, read_as=completed)
            if self._glosses_over(first, one):
                continue
            if one.answered or self.gates.uncovered(one.reading):
                return one
            tried.append(one)
        if not first.answered and (choice := self._ellipsis.part_of(first.reading, context)):
            return self._picked(first, choice)
        if tried and self._depends(first, context):
            return first if _same_choice(first, tried[0]) else tried[0]
        return first

    def following(self, one: Understood, context: Context) -> Context:
        """The context of what is said next: the subjects that a question named, and the phrasing it came nearest to."""
        subjects = self._named(one)
        match one.decision:
            case Answer(match):
                if self.is_small_talk(one):
                    return context
                about = self._kb.intents[match.intent].about
                return replace(context, entities=subjects or about[:1], frame=match.phrasing, idle=0)
            case _:
                near = next((w.match.phrasing for w in one.weighed if w.confidence >= self._limits.answer), "")
                if not near and not subjects:
                    return context
                return replace(context, entities=subjects or context.entities, frame=near, idle=0)

    def denied(self, text: str) -> str:
        """The subject that a text takes out of the conversation, where it does nothing else; empty for none."""
        return self._ellipsis.denied(self.reader.read(text)) if "not" in words(text) else ""

    def is_fragment(self, reading: Reading) -> bool:
        """Whether a message only names what was asked before of another: "and xanax?", "for pain"."""
        asked_for = not REQUESTS.isdisjoint(token.word for token in reading.tokens)  # "tell me about xanax"
        return not asked_for and (self.only_names(reading) or self._ellipsis.is_phrase(reading))

    def only_names(self, reading: Reading) -> bool:
        """Whether a message names a subject, and carries over all else: "and xanax?"."""
        return self._ellipsis.carried_over(reading)

    def read(self, text: str) -> Understood:
        """A text that nothing is looked up for: only how it reads."""
        return Understood(text, self.reader.read(text), (), Declined())

    def uncovered(self, one: Understood) -> tuple[str, ...]:
        """The names of the things in a question that the base is known to hold nothing on."""
        return self.gates.uncovered(one.reading)

    def class_named(self, one: Understood) -> str:
        """The class that the answer to a question speaks of, where the question names only members of it."""
        return self.gates.class_named(one.reading, one.intent) if one.intent else ""

    def contributions(self, one: Understood) -> Iterator[tuple[Contribution, ...]]:
        """For every candidate of a question, what each word and pair of words added to its score."""
        query = self.matcher.query(one.reading)
        yield from (tuple(self.matcher.contributions(query, weighed.match.intent)) for weighed in one.weighed)

    def _besides(self, text: str, denied: str, context: Context) -> Understood:
        """What "not opioids" comes to: the last question, asked of the subject before; declined where there is none."""
        other = self._ellipsis.besides(denied, context)
        completed = self._ellipsis.renamed(other, context) if other else ""
        if completed:
            one = self._asked(completed, self.reader.read(completed))._replace(typed=text, read_as=completed)
            if one.answered:
                return one
        return self.read(text)

    def _named(self, one: Understood) -> tuple[str, ...]:
        """The subjects that a question is about, those that were typed first; what it took out is none."""
        read = self._ellipsis.subjects(one.reading)
        if denied := self.denied(one.typed):
            return tuple(thing for thing in read if thing != denied)
        typed = self.reader.read(self._ellipsis.meant(one.typed, self.reader.read(one.typed))) if one.read_as else None
        if typed is None or not self._ellipsis.carried_over(typed):  # "are they …": what "they" are stands first
            return read
        return tuple(dict.fromkeys((*self._ellipsis.subjects(typed), *read)))

    def _asked(self, text: str, reading: Reading) -> Understood:
        """A question by itself."""
        query = self.matcher.query(reading)
        weighed = tuple(self._weigh(query))
        decision = self._surely(decide(weighed, self._limits), query)
        near = self.matcher.nearness(query, decision.match.intent) if isinstance(decision, Answer) else 0.0
        return Understood(text, query.reading, weighed, decision, nearness=near)

    def _surely(self, decision: Answer | Asked | Declined, query: Query) -> Answer | Asked | Declined:
        """A decision in which small talk is meant for sure, and never guessed or offered."""
        match decision:
            case Answer(match):
                unsure = match.score < SURELY and self.matcher.nearness(query, match.intent) < LIKE
                return Declined() if unsure and self._talks(match.intent) else decision
            case Asked(choices):
                left = tuple(choice for choice in choices if not self._talks(choice))
                return Asked(left) if left else Declined()
            case Declined(near=near):
                return Declined(near=tuple(one for one in near if not self._talks(one)))

    def _talks(self, intent: str) -> bool:
        return self._kb.intents[intent].topic == SMALLTALK

    def _picked(self, first: Understood, choice: str) -> Understood:
        title = self._kb.title(choice)
        near = self.matcher.nearness(self.matcher.query(first.reading), choice)
        return first._replace(decision=Answer(Match(choice, CERTAIN, title)), read_as=title, nearness=near)

    def _complete(self, one: Understood, context: Context) -> bool:
        """Whether a question is answered, and leaves no subject out that its answer is about."""
        if not isinstance(one.decision, Answer):
            return False
        intent = one.decision.match.intent
        alike = one.nearness >= ALIKE
        if not self._kb.intents[intent].about:
            return alike or not (context.entities and self._ellipsis.points_back(one.reading))
        if not self._ellipsis.subjects(one.reading):
            return alike and intent in self._unnamed
        if not alike and self._ellipsis.is_half(one.reading, context):
            return False
        return not self._ellipsis.lacks(one.reading, context)

    def _glosses_over(self, first: Understood, one: Understood) -> bool:
        """Whether a filled-in question is answered by an intent that needs no subject, and lacked words with "it"."""
        if not isinstance(one.decision, Answer) or one.decision.match.intent not in self._unnamed:
            return False
        if not self._ellipsis.points_back(first.reading):
            return False
        against = (weighed.findings for weighed in first.weighed if weighed.match.intent == one.decision.match.intent)
        return any(finding.gate == "uncovered_words" and finding.names for found in against for finding in found)

    def _depends(self, one: Understood, context: Context) -> bool:
        """Whether a question says too little to stand by itself, or is answered for another subject than the last."""
        if self._ellipsis.carried_over(one.reading):
            return True
        if not isinstance(one.decision, Answer) or not context.entities or self._ellipsis.subjects(one.reading):
            return False
        about = self._kb.intents[one.decision.match.intent].about
        return set(about).isdisjoint(self._kb.lexicon.lineage(context.entities[0]))

    def likely(self, one: Understood) -> bool:
        """Whether a question is answered, and worded much like a phrasing of its intent."""
        return one.nearness >= LIKE

    def is_small_talk(self, one: Understood) -> bool:
        """Whether a question is answered by what is said beside questions."""
        return bool(one.intent) and self._talks(one.intent)

    def _word_for_word(self, one: Understood) -> bool:
        """Whether a message is a phrasing of the base, but for a slip or two, whatever it looks like."""
        return one.nearness >= ALIKE

    def _weigh(self, query: Query) -> Iterator[Weighed]:
        """The candidates, best first, with what the gates found."""
        found = self.matcher.candidates(query, CANDIDATES)
        findings = self.gates.findings(query, [one.intent for one in found])
        standing = [one for one in found if not any(finding.refuses for finding in findings[one.intent])]
        for one in found:
            after = next((other for other in standing if other.score <= one.score and other is not one), None)
            yield Weighed(
                match=self.matcher.match(query, one, after),
                confidence=self.matcher.confidence(one, after),
                lead=_lead(one, after),
                findings=findings[one.intent],
            )


def turns_round(findings: Iterable[Finding]) -> bool:
    """Whether a gate found that a question turns an intent round."""
    return any(finding.gate in TURNING_GATES for finding in findings)


def _lead(one: Candidate, after: Candidate | None) -> float:
    return one.score - (after.score if after else 0.0)


def _same_choice(first: Understood, tried: Understood) -> bool:
    """Whether a question that was filled in comes to asking for the one intent that it is answered by as it stands."""
    decision = first.decision
    return isinstance(decision, Answer) and tried.decision == Asked((decision.match.intent,))
