"""What the questions of a message come to in their conversation: how each was read, what came near, the decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from bot.decision import Answer, Asked, Declined, Weighed, decide
from bot.dialogue import Context, Ellipsis, Piece, halves, pieces, shared_out
from bot.gates import Gates
from bot.knowledge import SMALLTALK, KnowledgeBase
from bot.knowledge.limits import Limits
from bot.matching import Candidate, Contribution, Match, Matcher, Query, Reader, Reading, phrasings_of
from bot.text import latin_share, words

CANDIDATES = 8  # intents that are weighed; the right one is hardly ever further down
LATIN = 0.5  # share of Latin letters below which a message is in another script
FOREIGN = 0.6  # share of words that are not English above which a message is in another language
FEWEST_FOREIGN = 2  # words, and one more where some may be slips; a single one may be a name
SAME = 0.85  # cosine of a message and a phrasing from which they are the same but for slips
SURELY, LIKE = 93.0, 0.45  # score of small talk, or its likeness to a phrasing (a cosine), from which it is meant
CERTAIN = 100.0  # score of what a person picked


class Understood(NamedTuple):
    """A question as it was typed, as it was read, and what it comes to."""

    typed: str
    reading: Reading
    weighed: tuple[Weighed, ...]  # best first
    decision: Answer | Asked | Declined
    read_as: str = ""  # the whole question that an elliptic one was taken for

    @property
    def answered(self) -> bool:
        """Whether one intent is meant for sure."""
        return isinstance(self.decision, Answer)


class Understanding:
    """Makes out questions by one knowledge base. Immutable."""

    def __init__(self, kb: KnowledgeBase, limits: Limits) -> None:
        self._kb = kb
        self._limits = limits
        self.reader = Reader(kb)
        readings = {i: [self.reader.read(text) for text in phrasings_of(intent)] for i, intent in kb.intents.items()}
        lookalikes = {i: [self.reader.read(text) for text in intent.lookalikes] for i, intent in kb.intents.items()}
        self.matcher = Matcher(kb, readings, lookalikes)
        self.gates = Gates(kb, self.matcher, readings)
        self._ellipsis = Ellipsis(kb, self.reader)

    def rank(self, message: str, limit: int) -> list[Match]:
        """The intents closest to a message, best first; ties go by name. No score is above the one before."""
        query = self.matcher.query(self.reader.read(message))
        found = self.matcher.candidates(query, limit + 1)
        following = [*found[1:], None]
        ranked = [self.matcher.match(query, one, after) for one, after in zip(found, following, strict=False)]
        shown = accumulate((match.score for match in ranked), min)  # coverage and lead may put one above its place
        return [match._replace(score=score) for match, score in zip(ranked, shown, strict=True)][:limit]

    def questions(self, message: str, reading: Reading, context: Context) -> list[Understood]:
        """The questions of a message, which reads so, in order, several where one is asked of several subjects."""
        return [each for one in self._questions(message, reading, context) for each in self._each(one)]

    def _questions(self, message: str, reading: Reading, context: Context) -> list[Understood]:
        """The questions of a message in order, one at least, each in the light of what was said before it.

        What merely tells something lends the subjects that it names to the question after it, and is asked with it
        where that question is not sure by itself. Small talk counts only by itself.
        """
        found = pieces(message)
        whole = self.understood(message, reading, context)
        if len(found) < 2 or self._word_for_word(whole):
            return [whole]
        asking = sum(self._asks(piece) for piece in found)
        if asking < 2 and whole.answered and not self.is_small_talk(whole):
            return [whole]
        asked = list(self._in_turn(found, context, telling=not asking))
        kept = [one for one in asked if not self.is_small_talk(one)] or asked[:1]
        if not any(one.answered for one in kept):
            return [whole] if whole.answered or asking < 2 else kept or [whole]
        told = " ".join(piece.text for piece in found if not piece.asks)
        if told and not whole.answered and any(self._leans(one) and self._ruled_out(one, told) for one in kept):
            return [whole]
        return kept if asking > 1 else [one for one in kept if one.answered]

    def _leans(self, one: Understood) -> bool:
        """Whether a question may be about what was told around it: it was filled in, or names no subject."""
        return bool(one.read_as) or not self._ellipsis.subjects(one.reading)

    def _ruled_out(self, one: Understood, told: str) -> bool:
        """Whether the answer to a question is ruled out by what is told around it: of another thing, say."""
        if not isinstance(one.decision, Answer):
            return False
        intent = one.decision.match.intent
        findings = self.gates.findings(self.matcher.query(self.reader.read(f"{told} {one.typed}")), [intent])[intent]
        return any(finding.gate == "other_subject" for finding in findings)

    def understood(self, text: str, reading: Reading, context: Context) -> Understood:
        """One question, which reads so, in its context: as it stands where it is complete, else filled in from that."""
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
        tried = []
        for completed in self._ellipsis.completions(first.reading, context):
            one = self._asked(completed, self.reader.read(completed))._replace(typed=text, read_as=completed)
            if one.answered or self.gates.uncovered(one.reading):
                return one
            tried.append(one)
        if not first.answered and (choice := self._ellipsis.part_of(first.reading, context)):
            return self._picked(first, choice)
        return tried[0] if tried and self._depends(first, context) else first

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

    def read(self, text: str) -> Understood:
        """A text that nothing is looked up for: only how it reads."""
        return Understood(text, self.reader.read(text), (), Declined())

    def uncovered(self, one: Understood) -> tuple[str, ...]:
        """The names of the things in a question that the base is known to hold nothing on."""
        return self.gates.uncovered(one.reading)

    def class_named(self, one: Understood) -> str:
        """The class that the answer to a question speaks of, where the question names only members of it."""
        return (
            self.gates.class_named(one.reading, one.decision.match.intent) if isinstance(one.decision, Answer) else ""
        )

    def contributions(self, one: Understood) -> Iterator[tuple[Contribution, ...]]:
        """For every candidate of a question, what each word and pair of words added to its score."""
        query = self.matcher.query(one.reading)
        yield from (tuple(self.matcher.contributions(query, weighed.match.intent)) for weighed in one.weighed)

    def _each(self, one: Understood) -> list[Understood]:
        """A question, or one for each of its subjects, where every one of them is held or known by name."""
        if len(self._ellipsis.subjects(one.reading)) < 2 or self._word_for_word(one) or one.read_as:
            return [one]
        found = halves(one.typed, self.reader, self._ellipsis.is_subject)
        if not found and not one.answered:
            found = shared_out(one.typed, self.reader, self._ellipsis.is_subject)
        each = [self._asked(text, self.reader.read(text)) for text in found]
        held = [other.decision.match.intent for other in each if isinstance(other.decision, Answer)]
        settled = all(other.answered or self.gates.uncovered(other.reading) for other in each)
        told_apart = len(set(held)) > 1 or 0 < len(held) < len(each)  # two subjects of one answer are one question
        return each if settled and told_apart and all(map(self._stands, each)) else [one]

    def _stands(self, one: Understood) -> bool:
        """Whether a question names all that its answer is usually asked of: "xanax in two columns" lacks the other."""
        return not isinstance(one.decision, Answer) or self.gates.names_usual(one.reading, one.decision.match.intent)

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

    def _asks(self, piece: Piece) -> bool:
        """Whether a stretch of a message is a question that says what it is about: not "is that so?"."""
        return piece.asks and any(token.content for token in self.reader.read(piece.text).tokens)

    def _in_turn(self, found: list[Piece], context: Context, *, telling: bool) -> Iterator[Understood]:
        """The questions of a message, each in the light of what was said before it.

        `telling`: whether there is none, and what is answered counts as one.
        """
        for piece in found:
            one = self.understood(piece.text, self.reader.read(piece.text), context)
            lends = not context.frame and self._ellipsis.carried_over(one.reading)
            if (one.answered if telling else self._asks(piece)) and not lends:
                context = self.following(one, context)
                yield one
            elif subjects := self._ellipsis.subjects(one.reading):
                context = replace(context, entities=subjects)

    def _asked(self, text: str, reading: Reading) -> Understood:
        """A question by itself."""
        query = self.matcher.query(reading)
        weighed = tuple(self._weigh(query))
        decision = self._surely(decide(weighed, self._limits), query)
        return Understood(text, query.reading, weighed, decision)

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
        return first._replace(decision=Answer(Match(choice, CERTAIN, title)), read_as=title)

    def _complete(self, one: Understood, context: Context) -> bool:
        """Whether a question is answered, and leaves no subject out that its answer is about."""
        if not isinstance(one.decision, Answer):
            return False
        if not self._kb.intents[one.decision.match.intent].about:
            return True
        return bool(self._ellipsis.subjects(one.reading)) and not self._ellipsis.lacks(one.reading, context)

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
        if not isinstance(one.decision, Answer):
            return False
        return self._nearness(one, one.decision.match.intent) >= LIKE

    def _nearness(self, one: Understood, intent: str) -> float:
        return self.matcher.nearness(self.matcher.query(one.reading), intent)

    def is_small_talk(self, one: Understood) -> bool:
        """Whether a question is answered by what is said beside questions."""
        decision = one.decision
        return isinstance(decision, Answer) and self._talks(decision.match.intent)

    def _word_for_word(self, one: Understood) -> bool:
        """Whether a message is a phrasing of the base, but for a slip or two, whatever it looks like."""
        if not isinstance(one.decision, Answer):
            return False
        match = one.decision.match
        return words(match.phrasing) == words(one.typed) or self._nearness(one, match.intent) >= SAME

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


def _lead(one: Candidate, after: Candidate | None) -> float:
    return one.score - (after.score if after else 0.0)


def unreadable(message: str, reading: Reading) -> bool:
    """Whether a message is mostly in another script or language."""
    return latin_share(message) < LATIN or foreign_share(reading) > FOREIGN


def foreign_share(reading: Reading) -> float:
    """The share of a message's words, 0 to 1, that neither English nor the base has; 0 for very short messages.

    The things of the lexicon are left out: a drug goes by one name in many languages.
    """
    plain = [token for token in reading.tokens if not token.entity]
    foreign = [token for token in plain if not token.english or token.similarity < 1]
    slips = any(token.english for token in foreign)
    return len(foreign) / len(plain) if len(foreign) >= FEWEST_FOREIGN + slips else 0.0
