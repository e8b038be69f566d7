"""The bot: the straight path from a message to a reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.compiled import fetched, without_collector
from bot.decision import Answer, Answered, Asked, Declined, Part
from bot.dialogue import (
    MOST,
    Act,
    Context,
    act_of,
    asks_for_more,
    asks_for_numbers,
    goes_on,
    is_unsure,
    picked,
    says_goodbye,
    says_no,
    says_yes,
    shown,
    takes_back,
    tells,
)
from bot.errors import SettingError
from bot.explanation import Considered, Explained, Explanation
from bot.knowledge import KnowledgeBase, shipped
from bot.knowledge.limits import Limits
from bot.knowledge.regions import UNKNOWN
from bot.knowledge.values import NONE_OF_THESE
from bot.matching import Match, Reading, phrasings_of
from bot.reply import ASKED, Lifeline, Reply, Voice
from bot.safety import Alarms
from bot.text import content_stems, stems, words
from bot.understanding import CERTAIN, Understanding, Understood, unreadable

SURELY_MEANT = 98  # score of an answer that a few words after an alarm ask for
OPEN_QUESTIONS = 3  # named, where a message holds more than are answered


class Bot:
    """Answers messages from one knowledge base. Immutable, and safe to share between threads."""

    def __init__(self, kb: KnowledgeBase, *, region: str = "", limits: Limits | None = None) -> None:
        self.kb = kb
        self.region = self._region(region)
        self.limits = limits or (kb.calibration.limits if kb.calibration else Limits())
        self._understanding = without_collector(lambda: Understanding(kb, self.limits))
        self._alarms = without_collector(lambda: alarms_of(kb))
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

    def reply(self, message: str, context: Context | Mapping[str, Any] | None = None) -> Reply:
        """Answer `message` in the light of `context`, or ask back, or decline; alarms first."""
        return self.considered(message, context)[1]

    def considered(
        self, message: str, context: Context | Mapping[str, Any] | None = None
    ) -> tuple[tuple[Understood, ...], Reply]:
        """What `reply` gives, with the questions of the message as they were weighed, where it came to that."""
        asked, reply = self._considered(message, self._context(context)[0])
        return tuple(asked), reply

    def tell(self, intent: str, context: Context | Mapping[str, Any] | None = None) -> Reply:
        """The entry of an intent, as a click on a choice gives it; no matching. Raises KeyError for an unknown id.

        NONE_OF_THESE, the last choice of a question back, gets the way to a person.
        """
        return self._told((intent,), self._context(context)[0].aged())

    def rank(self, message: str, limit: int = 5) -> list[Match]:
        """The intents closest to a message, best first, even where `reply` would decline; ties go by name."""
        return self._understanding.rank(message, limit)

    def explain(self, message: str, context: Context | Mapping[str, Any] | None = None) -> Explanation:
        """Why `reply` says what it says: words, corrections, candidates with their evidence, gates, limits."""
        known, fresh_start = self._context(context)
        asked, reply = self._considered(message, known)
        questions = tuple(map(self._explained, asked)) or (self._explained(self._understanding.read(message)),)
        return Explanation(message, questions, self.limits, reply, fresh_start)

    def _explained(self, one: Understood) -> Explained:
        contributions = self._understanding.contributions(one)
        considered = tuple(map(Considered, one.weighed, contributions))
        return Explained(one.typed, one.read_as, one.reading, self._understanding.uncovered(one), considered)

    def _context(self, context: Context | Mapping[str, Any] | None) -> tuple[Context, bool]:
        """A context to go on from, in this bot's region where it has none, and whether one had to be dropped."""
        if context is None:
            return Context(region=self.region), False
        known = context if isinstance(context, Context) else Context.from_dict(context)
        dropped = known == Context() and context != known and context != known.to_dict()
        safety = self.kb.safety
        region = safety.region_id(known.region) if safety else known.region
        return replace(known, region=self.region if region in (None, "", UNKNOWN) else region), dropped

    def _considered(self, message: str, context: Context) -> tuple[Sequence[Understood], Reply]:
        """The questions of a message, where it came to that, and the reply; safety goes before everything else."""
        if rescue := self.rescued(message, context):
            return (), rescue
        context = context.aged()
        picks = tuple(choice for choice in picked(message, context) if choice in (*self.kb.intents, NONE_OF_THESE))
        if picks:
            return (), self._told(picks, context)
        if answer := self._acted(message, context):
            return (), self._watched(answer)
        return self._asked(message, context)

    def rescued(self, message: str, context: Context) -> Reply | None:
        """The reply of safety, which `reply` puts before everything else; None where none is called for."""
        return self._safely(lambda lifeline, alarms: self._rescued(lifeline, alarms, message, context), context)

    def _safely(self, step: Callable[[Lifeline, Alarms], Reply | None], context: Context) -> Reply | None:
        """What a step of safety comes to; whatever breaks in it, the person gets the numbers. None without alarms."""
        if not (self._lifeline and self._alarms):
            return None
        try:
            return step(self._lifeline, self._alarms)
        except Exception:
            return self._lifeline.failed(context)

    def _rescued(self, lifeline: Lifeline, alarms: Alarms, message: str, context: Context) -> Reply | None:
        """The reply of safety; None where none is called for."""
        alarm = alarms.screen(message)
        if context.flag and takes_back(message) and (alarm is None or alarm.by_wording):
            return lifeline.taken_back(context)
        if alarm:
            return lifeline.alarmed(alarm, message, context)
        if asks_for_more(message) and (rest := lifeline.more(context)):
            return rest
        if asks_for_numbers(message, context, lifeline.names):
            return lifeline.numbers(context, message)
        return lifeline.parted(context) if context.flag and says_goodbye(message) else None

    def _told(self, intents: Sequence[str], context: Context) -> Reply:
        """The entries of intents that were picked."""
        if intents == (NONE_OF_THESE,):
            return self._watched(self._voice.reply([self._declined(Declined(), context, "decline_none")], context))
        matches = [Match(intent, CERTAIN, self.kb.title(intent)) for intent in intents if intent != NONE_OF_THESE]
        parts = [self._voice.answer(match, context) for match in matches]
        about = self.kb.intents[matches[0].intent].about
        context = replace(context, entities=about[:1] or context.entities, frame=matches[0].phrasing)
        return self._watched(self._voice.reply(parts, context))

    def _acted(self, message: str, context: Context) -> Reply | None:
        """What a message wants of the last reply, or of the bot, rather than of the base; None where it asks."""
        act = None if says_yes(message) else act_of(message)  # "sure"
        if act is Act.PERSON:
            return self._passed_on(context)
        last = [intent for intent in context.intents if intent in self.kb.intents]
        if act and last:
            parts = [self._voice.answer(Match(intent, CERTAIN, self.kb.title(intent)), context) for intent in last]
            if act is not Act.SOURCES or any(part.sources for part in parts):
                return self._voice.reply([self._voice.retold(part, act) for part in parts], context)
        if context.choices and says_yes(message):
            choices = tuple(choice for choice in context.choices if choice != NONE_OF_THESE)[:MOST]
            return self._voice.reply([self._voice.ask(Asked(choices), "which_one")], context)
        if context.choices and says_no(message):
            return self._voice.reply([Declined(text=self._voice.say("no_more"))], replace(context, declines=-1))
        return None

    def _passed_on(self, context: Context) -> Reply:
        """The way to a person: the entry that the base has for it, or the line of whom to ask."""
        entry = next((intent for intent, entry in self.kb.entries.items() if entry.handover), None)
        if entry:
            return self._told((entry,), context)
        return self._voice.reply([self._declined(Declined(), replace(context, declines=1), "")], context, ASKED)

    def _asked(self, message: str, context: Context) -> tuple[Sequence[Understood], Reply]:
        """The questions of a message, and the reply that they come to."""
        reading = self._understanding.reader.read(message)
        if not reading.tokens or not any(map(str.isalnum, message)):  # an emoji has a name, and asks nothing by it
            return (), self._watched(self._refused(context, "decline_empty"))
        if unreadable(message, reading):
            reply = self._refused(context, "decline_unreadable")
            return (), self._safely(lambda lifeline, _: lifeline.worried(reply), context) or reply
        asked = self._understanding.questions(message, reading, context)
        if kept := self._kept(message, reading, asked, context):
            return asked, kept
        parts = [self._part(one, context, alone=len(asked) == 1) for one in asked[:MOST]]
        if rest := [shown(one.typed) for one in asked[MOST:]]:
            parts.append(self._voice.miss(rest[:OPEN_QUESTIONS], "too_many"))
        for one in asked[:MOST]:
            context = self._understanding.following(one, context)
        return asked, self._watched(self._voice.reply(parts, context), message)

    def _part(self, one: Understood, context: Context, *, alone: bool) -> Part:
        """What a question comes to, in the words of the base."""
        match one.decision:
            case Answer(match):
                return self._voice.answer(match, context, self._understanding.class_named(one))
            case Asked() as asked:
                return self._voice.ask(asked)
            case Declined() as declined:
                about = self._understanding.uncovered(one)
                if alone:
                    return self._declined(replace(declined, about=about), context)
                return self._voice.miss(about or (f"“{shown(one.typed)}”",))

    def _declined(self, declined: Declined, context: Context, key: str = "decline") -> Declined:
        return self._voice.decline(declined, context, key)

    def _refused(self, context: Context, key: str) -> Reply:
        """A message that holds nothing to look up."""
        return self._voice.reply([self._declined(Declined(), context, key)], context)

    def _kept(self, message: str, reading: Reading, asked: Sequence[Understood], context: Context) -> Reply | None:
        """The last reply of safety, shorter, where a few words belong to it: "she's still out", "not really"."""
        if not goes_on(message) or reading.entities:
            return None
        decision = asked[0].decision
        if isinstance(decision, Answer) and not is_unsure(message):
            match = decision.match
            meant = not self.kb.intents[match.intent].about and (
                match.score >= SURELY_MEANT or words(message) == words(match.phrasing)
            )  # "person", "thanks", "who are you"
            if meant or not context.flag:
                return None
        return self._safely(lambda lifeline, _: lifeline.kept(context), context)

    def _watched(self, reply: Reply, message: str = "") -> Reply:
        """A reply with the line of numbers, where its conversation is flagged or its message tells of distress."""

        def watched(lifeline: Lifeline, alarms: Alarms) -> Reply:
            troubled = bool(message) and alarms.distress(message) and self._troubled(message, alarms, reply)
            return lifeline.worried(reply) if troubled else lifeline.watched(reply)

        return self._safely(watched, reply.context) or reply

    def _troubled(self, message: str, alarms: Alarms, reply: Reply) -> bool:
        """Whether a word of distress tells of somebody, rather than being what an answered question is about."""
        answered = [part.intent for part in reply.parts if isinstance(part, Answered)]
        if len(answered) < len(reply.parts):
            return True
        asked = frozenset().union(*(_stems_of(phrasings_of(self.kb.intents[intent])) for intent in answered))
        distressed = (set(content_stems(told)) for told in tells(message) if alarms.distress(told))
        return any(len(said) == 1 or not said <= asked for said in distressed)  # "im so scared" asks nothing


@lru_cache(maxsize=1024)
def _stems_of(phrasings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(stem for text in phrasings for stem in stems(text))


def alarms_of(kb: KnowledgeBase) -> Alarms | None:
    """What must be answered before anything is guessed; None where the owner switched the alarms off."""
    return Alarms(kb.safety, kb.spoken()) if kb.safety else None
