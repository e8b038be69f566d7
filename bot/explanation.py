"""Why the bot replied as it did, as values."""

from __future__ import annotations

from typing import Any, NamedTuple

from bot.decision import Weighed
from bot.knowledge.limits import Limits
from bot.matching import Contribution, Reading
from bot.reply import Reply


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
            "entities": list(self.reading.entities),
            "uncovered": list(self.uncovered),
            "candidates": [_candidate_dict(one) for one in self.candidates],
        }


class Explanation(NamedTuple):
    """Why the bot replied as it did. `questions` are the parts of the message, one at least."""

    message: str
    questions: tuple[Explained, ...]
    limits: Limits
    reply: Reply
    fresh_start: bool = False  # whether a context was given that had to be dropped

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
            "limits": {"answer": self.limits.answer, "ask": self.limits.ask, "lead": self.limits.lead},
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
