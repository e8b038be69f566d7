"""Why the bot replied as it did, as values."""

from __future__ import annotations

from typing import Any, NamedTuple

from bot.decision import Alarmed, Weighed
from bot.knowledge.limits import Limits
from bot.matching import Contribution, Reading
from bot.reply import Reply

SHOWN = 5  # candidates of a question that are shown


class Considered(NamedTuple):
    """A candidate as an explanation shows it."""

    weighed: Weighed
    contributions: tuple[Contribution, ...]


class Explained(NamedTuple):
    """Why one question of a message came to what it did: the same figures that decided, read backwards."""

    typed: str
    read_as: str  # the whole question that an elliptic one was taken for; empty where it stands as typed
    reading: Reading
    uncovered: tuple[str, ...]
    candidates: tuple[Considered, ...]

    @property
    def shown(self) -> tuple[Considered, ...]:
        """The candidates that are shown, in the order in which they are decided on: what is ruled out comes last."""
        return tuple(sorted(self.candidates, key=lambda one: one.weighed.refused))[:SHOWN]

    @property
    def difference(self) -> dict[str, float]:
        """What each word and pair of words adds to the first candidate more than to the second, the largest first."""
        if len(self.shown) < 2:
            return {}
        first, second = ({c.feature: c.amount for c in one.contributions} for one in self.shown[:2])
        more = {word: first.get(word, 0.0) - second.get(word, 0.0) for word in {**first, **second}}
        return dict(sorted(more.items(), key=lambda item: (-abs(item[1]), item[0])))

    def to_dict(self) -> dict[str, Any]:
        """The explanation of a question as JSON values."""
        return {
            "question": self.typed,
            "read_as": self.read_as,
            "tokens": [
                {"typed": token.typed, "read_as": token.word, "key": token.key, "known": token.known}
                for token in self.reading.tokens
            ],
            "corrections": self.reading.corrections,
            "synonyms": self.reading.synonyms,
            "entities": list(self.reading.entities),
            "uncovered": list(self.uncovered),
            "candidates": [_candidate_dict(one) for one in self.shown],
            "difference": {word: round(amount, 4) for word, amount in self.difference.items()},
        }


class Explanation(NamedTuple):
    """Why the bot replied as it did. `questions` are the parts of the message, one at least."""

    message: str
    questions: tuple[Explained, ...]
    limits: Limits
    reply: Reply
    fresh_start: bool = False  # whether a context was given that had to be dropped

    @property
    def alarms(self) -> tuple[Alarmed, ...]:
        """The parts of the reply that an alarm gave."""
        return tuple(part for part in self.reply.parts if isinstance(part, Alarmed))

    @property
    def reading(self) -> Reading:
        """How the first question was read."""
        return self.questions[0].reading

    @property
    def uncovered(self) -> tuple[str, ...]:
        """What the first question names that the base holds nothing on."""
        return self.questions[0].uncovered

    @property
    def candidates(self) -> tuple[Considered, ...]:
        """The candidates of the first question, best first."""
        return self.questions[0].candidates

    def to_dict(self) -> dict[str, Any]:
        """The explanation as JSON values."""
        return {
            "message": self.message,
            "questions": [question.to_dict() for question in self.questions],
            "limits": self.limits._asdict(),
            "alarms": [
                {"category": part.category, "rules": list(part.rules), "words": list(part.words)}
                for part in self.alarms
            ],
            "decision": self.reply.kind,
            "fresh_start": self.fresh_start,
        }


def _candidate_dict(considered: Considered) -> dict[str, Any]:
    weighed = considered.weighed
    return {
        "intent": weighed.match.intent,
        "score": weighed.match.score,
        "phrasing": weighed.match.phrasing,
        "confidence": round(weighed.confidence, 4),
        "lead": round(weighed.lead, 4),
        "gates": [{"gate": f.gate, "refuses": f.refuses, "names": list(f.names)} for f in weighed.findings],
        "words": {c.feature: round(c.amount, 4) for c in considered.contributions},
    }
