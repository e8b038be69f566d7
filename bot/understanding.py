"""What the questions of a message come to, one by one, in their conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.decision import Answer, Asked
from bot.dialogue import Context, Piece, clauses, halves, pieces, run_on, says_nothing, shared_out
from bot.matching import SAME, Reading
from bot.question import ALIKE, CERTAIN, Interpreter, Understood, turns_round
from bot.text import latin_share

__all__ = ["CERTAIN", "Understanding", "Understood", "unreadable"]

LATIN = 0.5  # share of Latin letters below which a message is in another script
FOREIGN = 0.6  # share of words that are not English above which a message is in another language
BESIDE_A_NAME = frozenset("both two either that such".split())  # they point to what was told, whatever else is named
FEWEST_FOREIGN = 2  # words, and one more where some may be slips; a single one may be a name


class Understanding(Interpreter):
    """Makes out the questions of messages by one knowledge base. Immutable."""

    def questions(self, message: str, reading: Reading, context: Context) -> list[Understood]:
        """The questions of a message, which reads so, in order, several where one is asked of several subjects."""
        found = self._questions(message, reading, context)
        if not any(one.answered for one in found) and (chat := self._chat_in(message, reading)):
            return [chat]
        return [self._as_turned(each) for one in found for each in self._each(one)]

    def _questions(self, message: str, reading: Reading, context: Context) -> list[Understood]:
        """The questions of a message in order, one at least, each in the light of what was said before it.

        What merely tells something lends the subjects that it names to the question after it, and is asked with it
        where that question is not sure by itself. Small talk counts only by itself.
        """
        found = pieces(message)
        whole = self.understood(message, reading, context)
        if self._word_for_word(whole):
            return [whole]
        if len(found) < 2:
            return self._running_on(message, context) or [whole]
        asking = sum(self._asks(piece) for piece in found)
        if asking == 1 and (sure := self._sure(found)):
            return [sure]
        if asking < 2 and whole.answered and not self.is_small_talk(whole):
            return [whole]
        asked = list(self._in_turn(found, context, telling=not asking))
        kept = [one for one in asked if not self.is_small_talk(one) or self._asks_of_the_bot(one)] or asked[:1]
        if not any(one.answered for one in kept):
            return [whole] if whole.answered or asking < 2 else kept or [whole]
        told = " ".join(piece.text for piece in found if not piece.asks)
        if told and not whole.answered and any(self._leans(one) and self._ruled_out(one, told) for one in kept):
            return [whole]
        return kept if asking > 1 else [one for one in kept if one.answered]

    def _chat_in(self, message: str, reading: Reading) -> Understood | None:
        """The small talk that a clause of a message is, the last such one, where nothing asks: "ta, all clear"."""
        if self._ellipsis.subjects(reading) or self.gates.uncovered(reading) or any(p.asks for p in pieces(message)):
            return None
        said = (clause for clause in reversed(clauses(message)) if clause != message)
        tried = (self.understood(clause, self.reader.read(clause), Context()) for clause in said)
        return next((one for one in tried if self.is_small_talk(one) and self._word_for_word(one)), None)

    def _as_turned(self, one: Understood) -> Understood:
        """A question as it is; asked back on where, read without what is told around it, it turns its answer round.

        "I had no answer. What does it not do?" denies what it asks, though a phrasing that tells as much does not.
        """
        if not one.answered or one.nearness >= SAME:
            return one
        asked = [piece.text for piece in pieces(one.typed) if piece.asks]
        if len(asked) != 1 or (asked[0] == one.typed and not one.read_as):
            return one
        query = self.matcher.query(self.reader.read(asked[0]))
        turned = turns_round(self.gates.findings(query, [one.intent])[one.intent])
        return one._replace(decision=Asked((one.intent,)), nearness=0.0) if turned else one

    def _leans(self, one: Understood) -> bool:
        """Whether a question may be about what was told around it: filled in, without a subject, or "of the two"."""
        named = self._ellipsis.subjects(one.reading)
        beside = any(token.word in BESIDE_A_NAME for token in one.reading.tokens)
        return bool(one.read_as) or not named or beside or self._ellipsis.points_back(one.reading)

    def _ruled_out(self, one: Understood, told: str) -> bool:
        """Whether the answer to a question is ruled out by what is told around it: of another thing, say."""
        if not one.intent:
            return False
        query = self.matcher.query(self.reader.read(f"{told} {one.typed}"))
        return any(finding.gate == "other_subject" for finding in self.gates.findings(query, [one.intent])[one.intent])

    def _each(self, one: Understood) -> list[Understood]:
        """A question, or one for each of its subjects, where every one of them is held or known by name."""
        if len(self._ellipsis.subjects(one.reading)) < 2 or one.nearness >= SAME or one.read_as:
            return [one]
        found = halves(one.typed, self.reader, self._ellipsis.is_subject)
        if not found and not one.answered:
            found = shared_out(one.typed, self.reader, self._ellipsis.is_subject)
        each = [self._asked(text, self.reader.read(text)) for text in found]
        held = [other.intent for other in each if other.intent]
        settled = all(other.answered or self.gates.uncovered(other.reading) for other in each)
        told_apart = len(set(held)) > 1 or 0 < len(held) < len(each)  # two subjects of one answer are one question
        return each if settled and told_apart and all(map(self._stands, each)) else [one]

    def answers_beside(self, one: Understood, rest: str) -> bool:
        """Whether a question is answered though the rest of its message is not, which may be what it is about."""
        return one.answered and not self.is_small_talk(one) and not (self._leans(one) and self._ruled_out(one, rest))

    def _stands(self, one: Understood) -> bool:
        """Whether a question names all that its answer is usually asked of: "xanax in two columns" lacks the other."""
        return not one.intent or self.gates.names_usual(one.reading, one.intent)

    def _asks(self, piece: Piece) -> bool:
        """Whether a stretch of a message is a question that says what it is about, or of the bot: not "is that so?"."""
        reading = self.reader.read(piece.text)
        matter = any(token.content for token in reading.tokens)
        return piece.asks and (matter or self._asks_of_the_bot(self._asked(piece.text, reading)))

    def _in_turn(self, found: list[Piece], context: Context, *, telling: bool) -> Iterator[Understood]:
        """The questions of a message, each in the light of what was said before it.

        `telling`: whether there is none, and what is answered counts as one.
        """
        for piece in found:
            if several := self._running_on(piece.text, context):
                context = self.following(several[-1], context)
                yield from several
                continue
            one = self.understood(piece.text, self.reader.read(piece.text), context)
            if telling and says_nothing(piece.text) and not self.is_small_talk(one):
                continue
            lends = not context.frame and self._ellipsis.carried_over(one.reading)
            if (one.answered if telling else self._asks(piece)) and not lends:
                context = self.following(one, context)
                yield one
            elif subjects := self._ellipsis.subjects(one.reading):
                context = replace(context, entities=subjects)

    def _running_on(self, text: str, context: Context) -> list[Understood]:
        """The questions of a text in which they follow each other without a stop; none unless each is answered."""
        found = run_on(text)
        if len(found) < 2:
            return []
        asked = []
        for clause in found:
            one = self.understood(clause, self.reader.read(clause), context)
            if not one.answered or self.is_small_talk(one):
                return []
            context = self.following(one, context)
            asked.append(one)
        return asked

    def _sure(self, found: list[Piece]) -> Understood | None:
        """The one question among what is only told, where it is complete and nearly a phrasing of the base."""
        text = next(piece.text for piece in found if self._asks(piece))
        one = self.understood(text, self.reader.read(text), Context())
        named = self._ellipsis.subjects(one.reading) and not self._ellipsis.points_back(one.reading)
        return one if named and one.nearness >= ALIKE else None

    def _asks_of_the_bot(self, one: Understood) -> bool:
        """Whether small talk is a question, as its title is one: not "how are you"."""
        decision = one.decision
        return (
            isinstance(decision, Answer)
            and self.is_small_talk(one)
            and self._kb.title(decision.match.intent).endswith("?")
        )


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
