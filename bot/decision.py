"""Answer, ask back or decline: what the candidates and the gates come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.gates import Finding
from bot.knowledge import Source
from bot.knowledge.limits import Limits
from bot.matching import Match

CHOICES = 3  # titles that are offered at most when asking back


@dataclass(frozen=True, slots=True)
class Answered:
    """One intent is meant; its entry is the reply. `score` is 0 to 100, and no probability."""

    intent: str
    title: str
    short: str
    text: str  # Markdown
    score: float
    sources: tuple[Source, ...] = ()
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A few intents may be meant; the person picks."""

    choices: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Declined:
    """The base holds nothing that fits: `about` names what was asked, `near` the intents that come close."""

    about: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Alarmed:
    """Somebody may be in danger, or asks what must not be answered."""

    category: str
    rules: tuple[str, ...]
    text: str = ""
    words: tuple[str, ...] = ()  # the stems that spoke loudest, where the wording raised it


Part = Answered | Asked | Declined | Alarmed


class Weighed(NamedTuple):
    """A candidate after the gates: how sure it is (0 to about 1.5), and what was found against it."""

    match: Match
    confidence: float
    lead: float  # over the next candidate that no gate refused, in units of the score
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a gate rules the intent out."""
        return any(finding.refuses for finding in self.findings)


class Answer(NamedTuple):
    """The decision to answer, with the match that it rests on."""

    match: Match


def decide(weighed: Sequence[Weighed], limits: Limits) -> Answer | Asked | Declined:
    """What to do with candidates, best first.

    A refused candidate is out; one with a finding is asked about at most; the best of the others is answered when
    it is sure enough and far enough ahead.
    """
    standing = [one for one in weighed if not one.refused and one.confidence >= limits.ask]
    if not standing:
        near = tuple(one.match.intent for one in weighed if one.confidence >= limits.answer)
        return Declined(near=near[:CHOICES])
    best = standing[0]
    overshadowed = best.confidence < limits.beside * max(one.confidence for one in weighed)
    if best.confidence >= limits.answer and best.lead >= limits.lead and not best.findings and not overshadowed:
        return Answer(best.match)
    return Asked(tuple(one.match.intent for one in standing[:CHOICES]))
