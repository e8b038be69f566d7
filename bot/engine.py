"""The bot: the straight path from a message to a reply."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from bot.compiled import fetched
from bot.decision import Answer, Asked, Declined, Weighed, decide
from bot.dialogue import Context, asks_for_more, asks_for_numbers, goes_on, picked, says_goodbye, takes_back
from bot.errors import SettingError
from bot.gates import Gates
from bot.knowledge import KnowledgeBase, shipped
from bot.knowledge.limits import Limits
from bot.knowledge.values import NONE_OF_THESE
from bot.matching import Contribution, Match, Matcher, Reader, Reading, phrasings_of
from bot.reply import Lifeline, Reply, Voice
from bot.safety import Alarms
from bot.text import latin_share, words

CANDIDATES = 8  # intents that are weighed; the right one is hardly ever further down
EXPLAINED = CANDIDATES  # what decided must be shown
LATIN = 0.5  # share of Latin letters below which a message is in another script
SURELY_MEANT = 96  # score of an answer that a few words after an alarm ask for
FOREIGN = 0.6  # share of words that are not English above which a message is in another language
FEWEST_FOREIGN = 2  # words, and one more where some may be slips; a single one may be a name


class Considered(NamedTuple):
    """A candidate as an explanation shows it."""

    weighed: Weighed
    contributions: tuple[Contribution, ...]


class Explanation(NamedTuple):
    """Why the bot replied as it did: the same figures that decided, read backwards."""

    message: str
    reading: Reading
    uncovered: tuple[str, ...]
    candidates: tuple[Considered, ...]
    limits: Limits
    reply: Reply

    def to_dict(self) -> dict[str, Any]:
        """The explanation as JSON values."""
        return {
            "message": self.message,
            "tokens": [
                {"typed": token.typed, "read_as": token.word, "key": token.key, "known": token.known}
                for token in self.reading.tokens
            ],
            "corrections": self.reading.corrections,
            "entities": list(self.reading.entities),
            "uncovered": list(self.uncovered),
            "candidates": [_candidate_dict(one) for one in self.candidates],
            "limits": {"answer": self.limits.answer, "ask": self.limits.ask, "lead": self.limits.lead},
            "decision": self.reply.kind,
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


def foreign_share(reading: Reading) -> float:
    """The share of a message's words, 0 to 1, that neither English nor the base has; 0 for very short messages."""
    foreign = [token for token in reading.tokens if not token.entity and (not token.english or token.similarity < 1)]
    slips = any(token.english for token in foreign)
    return len(foreign) / len(reading.tokens) if len(foreign) >= FEWEST_FOREIGN + slips else 0.0


class Bot:
    """Answers messages from one knowledge base. Immutable, and safe to share between threads."""

    def __init__(self, kb: KnowledgeBase, *, region: str = "", limits: Limits | None = None) -> None:
        self.kb = kb
        self.region = self._region(region)
        self.limits = limits or (kb.calibration.limits if kb.calibration else Limits())
        self._reader = Reader(kb)
        read = self._reader.read
        readings = {i: [read(text) for text in phrasings_of(intent)] for i, intent in kb.intents.items()}
        lookalikes = {i: [read(text) for text in intent.lookalikes] for i, intent in kb.intents.items()}
        self._matcher = Matcher(kb, readings, lookalikes)
        self._gates = Gates(kb, self._matcher, readings)
        self._alarms = Alarms(kb.safety, kb.spoken()) if kb.safety else None
        self._lifeline = Lifeline(kb.safety, kb.hash) if kb.safety else None
        self._voice = Voice(kb, self._lifeline)

    @classmethod
    def load(cls, path: Path | str | None = None, *, region: str = "", cache: Path | None = None) -> Bot:
        """The bot of a content folder (with intents/ and answers/), or of the content that ships.

        `cache` is a folder in which the bot, made ready, is kept for the next start. Raises ContentError with every
        problem in the content, SettingError for a region that it lacks.
        """
        root = Path(path) if path else shipped()

        def build() -> Bot:
            from bot.check import load  # YAML is not needed where a copy is at hand

            return cls(load(root))

        bot = fetched(cache, (root, shipped()), cls, build) if cache else build()
        return bot.in_region(region)

    def in_region(self, region: str) -> Bot:
        """The same bot with the numbers of another region; raises SettingError for one that the content lacks."""
        other = copy(self)
        other.region = self._region(region)
        return other

    def _region(self, name: str) -> str:
        """The id of a region, by its id or its name."""
        if not name or self.kb.safety is None:
            return name
        found = self.kb.safety.region_id(name)
        if found is None:
            known = ", ".join(self.kb.safety.regions)
            raise SettingError(f"the region {name!r} is not in answers/regions.yaml: give one of {known}")
        return found

    def reply(self, message: str, context: Context | None = None) -> Reply:
        """Answer `message` in the light of `context`, or ask back, or decline; alarms first."""
        return self._considered(message, context)[1]

    def tell(self, intent: str, context: Context | None = None) -> Reply:
        """The entry of an intent, as a click on a choice gives it; no matching. Raises KeyError for an unknown id.

        NONE_OF_THESE, the last choice of a question back, gets the way to a person.
        """
        context = context or Context(region=self.region)
        if intent == NONE_OF_THESE:
            return self._watched(self._voice.declined(Declined(), context, "decline_none"))
        match = Match(intent, 100.0, self.kb.title(intent))
        return self._watched(self._voice.answered(match, "", context))

    def rank(self, message: str, limit: int = 5) -> list[Match]:
        """The intents closest to a message, best first, even where `reply` would decline; ties go by name."""
        query = self._matcher.query(self._reader.read(message))
        found = self._matcher.candidates(query, limit + 1)
        following = [*found[1:], None]
        return [self._matcher.match(query, one, after) for one, after in zip(found, following, strict=False)][:limit]

    def explain(self, message: str, context: Context | None = None) -> Explanation:
        """Why `reply` says what it says: words, corrections, candidates with their evidence, gates, limits."""
        weighed, reply = self._considered(message, context)
        reading = self._reader.read(message)
        query = self._matcher.query(reading)
        considered = tuple(
            Considered(one, tuple(self._matcher.contributions(query, one.match.intent))) for one in weighed[:EXPLAINED]
        )
        return Explanation(message, reading, self._gates.uncovered(reading), considered, self.limits, reply)

    def _considered(self, message: str, context: Context | None) -> tuple[list[Weighed], Reply]:
        """The candidates, where it came to that, and the reply."""
        if not isinstance(context, Context):
            context = Context.from_dict(context) if isinstance(context, Mapping) else Context(region=self.region)
        if rescue := self._rescued(message, context):
            return [], rescue
        if (choice := picked(message, context)) in (*self.kb.intents, NONE_OF_THESE):
            return [], self.tell(choice, context)
        return self._decided(message, context)

    def _rescued(self, message: str, context: Context) -> Reply | None:
        """The reply of safety, which goes before everything else; None where none is called for."""
        if not (self._lifeline and self._alarms):
            return None
        if context.flag and takes_back(message):
            return self._lifeline.taken_back(context)
        try:
            alarm = self._alarms.screen(message)
        except Exception:  # whatever breaks here, the person must get the numbers
            return self._lifeline.failed(context)
        if alarm:
            return self._lifeline.alarmed(alarm, message, context)
        if asks_for_more(message) and (rest := self._lifeline.more(context)):
            return rest
        if asks_for_numbers(message, context):
            return self._lifeline.numbers(context)
        return self._lifeline.parted(context) if context.flag and says_goodbye(message) else None

    def _decided(self, message: str, context: Context) -> tuple[list[Weighed], Reply]:
        """The weighed candidates and the reply that they come to."""
        reading = self._reader.read(message)
        if not reading.tokens or not any(map(str.isalnum, message)):  # an emoji has a name, and asks nothing by it
            return [], self._watched(self._voice.declined(Declined(), context, "decline_empty"))
        if latin_share(message) < LATIN or foreign_share(reading) > FOREIGN:
            reply = self._voice.declined(Declined(), context, "decline_unreadable")
            return [], self._lifeline.worried(reply) if self._lifeline else reply
        weighed = self._weigh(reading)
        decision = decide(weighed, self.limits)
        if kept := self._kept(message, reading, decision, context):
            return weighed, kept
        match decision:
            case Answer(match):
                opening = self._gates.class_named(reading, match.intent)
                reply = self._voice.answered(match, opening, context)
            case Asked() as asked:
                reply = self._voice.asked(asked, context)
            case Declined() as declined:
                reply = self._voice.declined(replace(declined, about=self._gates.uncovered(reading)), context)
                if self._lifeline and self._alarms and self._alarms.distress(message):
                    reply = self._lifeline.worried(reply)
        return weighed, self._watched(reply)

    def _kept(
        self, message: str, reading: Reading, decision: Answer | Asked | Declined, context: Context
    ) -> Reply | None:
        """The last reply of safety, shorter, where a few words belong to it: "she's still out", "not really"."""
        if not self._lifeline or not goes_on(message) or reading.entities:
            return None
        if not isinstance(decision, Answer):
            return self._lifeline.kept(context)
        match = decision.match
        meant = not self.kb.intents[match.intent].about and (
            match.score >= SURELY_MEANT or words(message) == words(match.phrasing)
        )  # "person", "thanks", "who are you"
        return self._lifeline.kept(context) if context.flag and not meant else None

    def _watched(self, reply: Reply) -> Reply:
        return self._lifeline.watched(reply) if self._lifeline else reply

    def _weigh(self, reading: Reading) -> list[Weighed]:
        """The candidates, best first, with what the gates found."""
        query = self._matcher.query(reading)
        found = self._matcher.candidates(query, CANDIDATES)
        findings = {one.intent: self._gates.findings(query, one.intent) for one in found}
        standing = [one for one in found if not any(finding.refuses for finding in findings[one.intent])]
        weighed = []
        for one in found:
            after = next((other for other in standing if other.score <= one.score and other is not one), None)
            weighed.append(
                Weighed(
                    match=self._matcher.match(query, one, after),
                    confidence=self._matcher.confidence(one, after),
                    lead=one.score - (after.score if after else 0.0),
                    findings=findings[one.intent],
                )
            )
        return weighed
