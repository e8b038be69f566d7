"""The bot: the straight path from a message to a reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from bot.acting import Acting
from bot.compiled import fetched, without_collector
from bot.decision import Answer, Asked, Declined, Part
from bot.dialogue import (
    MOST,
    Context,
    asks_for_more,
    asks_for_numbers,
    goes_on,
    is_unsure,
    only_numbers,
    picked,
    pieces,
    says_goodbye,
    shown,
    takes_back,
    unframed,
)
from bot.distress import tells_of_distress
from bot.errors import SettingError
from bot.explanation import Considered, Explained, Explanation
from bot.knowledge import KnowledgeBase, shipped
from bot.knowledge.limits import Limits
from bot.knowledge.regions import UNKNOWN
from bot.knowledge.replies import REFUSALS
from bot.knowledge.values import NONE_OF_THESE
from bot.matching import Match, Reading
from bot.refusal import as_meant, goes_with, is_harmless, is_refusal
from bot.reply import Lifeline, Reply, Voice
from bot.safety import Alarms
from bot.text import words
from bot.understanding import Understanding, Understood, unreadable

SURELY_MEANT = 98  # score of an answer that a few words after an alarm ask for


class Bot:
    """Answers messages from one knowledge base. Immutable, and safe to share between threads."""

    def __init__(self, kb: KnowledgeBase, *, region: str = "", limits: Limits | None = None) -> None:
        self.kb = kb
        self.region = self._region(region)
        self.limits = limits or (kb.calibration.limits if kb.calibration else Limits())
        self._understanding = without_collector(lambda: Understanding(kb, self.limits))
        self._alarms = without_collector(lambda: Alarms(kb.safety, kb.spoken()) if kb.safety else None)
        self._lifeline = Lifeline(kb.safety, kb.hash) if kb.safety else None
        self._voice = Voice(kb, self._lifeline)
        self._acting = Acting(kb, self._voice)

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
        return self._watched(self._acting.told((intent,), self._context(context)[0].aged()))

    def alarm(self, message: str) -> bool:
        """Whether a message by itself raises an alarm or is refused; true where the screening fails."""
        try:
            return bool(self._alarms and self._alarms.screen(message))
        except Exception:  # whatever breaks here, the message must be heard
            return True

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
            return self._beside(message, rescue, context)
        context = context.aged()
        said = unframed(message) or message
        picks = tuple(choice for choice in picked(said, context) if choice in (*self.kb.intents, NONE_OF_THESE))
        if picks:
            return (), self._watched(self._acting.told(picks, context))
        for text in dict.fromkeys((message, said)):
            if answer := self._acting.acted(text, context):
                return (), self._watched(answer)
        return self._asked(message, replace(context, whole=0))

    def rescued(self, message: str, context: Context) -> Reply | None:
        """The reply of safety, which `reply` puts before everything else; None where none is called for."""
        rescue = self._safely(lambda lifeline, alarms: self._rescued(lifeline, alarms, message, context), context)
        if not (rescue and is_refusal(rescue)):
            return rescue

        def held(_: Lifeline, alarms: Alarms) -> Reply | None:
            return None if is_harmless(message, alarms, self._understanding, context) else rescue

        return self._safely(held, context)

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
        bare = unframed(message)
        alarm = alarms.screen(message) or (alarms.screen(bare) if bare else None)
        if context.flag and takes_back(message) and (alarm is None or alarm.by_wording):
            return lifeline.taken_back(context)
        if alarm and goes_with(message, alarm, context, self._understanding) and (kept := lifeline.kept(context)):
            return kept
        if alarm:
            return lifeline.alarmed(alarm, message, context)
        if asks_for_more(message) and (rest := lifeline.more(context)):
            return rest
        if only_numbers(message) and not context.choices and (kept := lifeline.kept(context)):
            return kept
        if asks_for_numbers(message, context, lifeline.names):
            return lifeline.numbers(context, message)
        return lifeline.parted(context) if context.flag and says_goodbye(bare or message) else None

    def _asked(self, message: str, context: Context) -> tuple[Sequence[Understood], Reply]:
        """The questions of a message, and the reply that they come to."""
        reading = self._understanding.reader.read(message)
        if not reading.tokens or not any(map(str.isalnum, message)):  # an emoji has a name, and asks nothing by it
            return (), self._watched(self._refused(context, "decline_empty"))
        if unreadable(message, reading):
            reply = self._refused(context, "decline_unreadable")
            return (), self._safely(lambda lifeline, _: lifeline.worried(reply), context) or reply
        asked = self._once(self._understanding.questions(message, reading, context))
        if kept := self._kept(message, reading, asked, context) or self._refused_as_meant(asked, context):
            return asked, kept
        parts = [self._part(one, context, alone=len(asked) == 1) for one in asked[:MOST]]
        if rest := [shown(one.typed) for one in asked[MOST:]]:
            parts.append(self._voice.left(rest))
        context = replace(context, left=tuple(one.intent for one in asked[MOST:] if one.intent))
        for one in asked[:MOST]:
            context = self._understanding.following(one, context)
        return asked, self._watched(self._voice.reply(parts, context), message)

    def _once(self, asked: Sequence[Understood]) -> Sequence[Understood]:
        """Questions without repeats: of the same words, or of the same subjects for the same answer."""
        return tuple({self._asked_for(one): one for one in reversed(asked)}.values())[::-1] if len(asked) > 1 else asked

    def _asked_for(self, one: Understood) -> tuple[str, ...]:
        """What tells a question from the others of a message."""
        return (one.intent, *one.reading.entities) if one.intent else words(one.typed)

    def _beside(self, message: str, rescue: Reply, context: Context) -> tuple[Sequence[Understood], Reply]:
        """A reply of safety; a refusal takes only its part of a message, and the others are answered after it."""
        found = pieces(message) if is_refusal(rescue) else []
        read, hangs_on = self._understanding.reader.read, self._understanding.is_fragment  # "and xanax?"
        left = [one for one in found if one.asks and not hangs_on(read(one.text)) and not self.alarm(one.text)]
        if not left or len(left) == len(found):
            return (), rescue
        text = "\n".join(one.text for one in left)
        others = self._understanding.questions(text, read(text), context.aged())
        rest = " ".join(one.text for one in found if one not in left)
        answered = (one for one in self._once(others) if self._understanding.answers_beside(one, rest))
        asked = tuple(islice(answered, MOST))
        if not asked:
            return (), rescue
        context = rescue.context
        parts = [self._part(one, context, alone=False) for one in asked]
        for one in asked:
            context = self._understanding.following(one, context)
        reply = self._voice.reply(parts, context)
        beside = replace(reply, parts=(*rescue.parts, *reply.parts), resources=rescue.resources, closing=rescue.closing)
        return asked, beside

    def _part(self, one: Understood, context: Context, *, alone: bool) -> Part:
        """What a question comes to, in the words of the base."""
        match one.decision:
            case Answer(match):
                return self._voice.answer(match, context, self._understanding.class_named(one))
            case Asked() as asked:
                return self._voice.ask(asked)
            case Declined() as declined:
                about = self._understanding.uncovered(one)
                if self._understanding.denied(one.typed):
                    return self._voice.decline(declined, context, "which_subject")
                if alone:
                    return self._voice.decline(replace(declined, about=about), context)
                return self._voice.miss(about or (f"“{shown(one.typed)}”",))

    def _refused(self, context: Context, key: str) -> Reply:
        """A message that holds nothing to look up."""
        return self._voice.reply([self._voice.decline(Declined(), context, key)], context)

    def _kept(self, message: str, reading: Reading, asked: Sequence[Understood], context: Context) -> Reply | None:
        """The last reply of safety, shorter, where a few words belong to it: "she's still out", "not really"."""
        if not goes_on(message):
            return None
        if any(intent in REFUSALS for intent in context.intents) and self._understanding.is_fragment(reading):
            return self._safely(lambda lifeline, _: lifeline.kept(context), context)  # "and for a child?"
        if reading.entities:
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

    def _refused_as_meant(self, asked: Sequence[Understood], context: Context) -> Reply | None:
        """The refusal of an answered question that calls for one once it is filled in; None where none does."""

        def refused(lifeline: Lifeline, alarms: Alarms) -> Reply | None:
            alarm = as_meant(asked, alarms)
            return lifeline.alarmed(alarm, "", context) if alarm else None

        return self._safely(refused, context)

    def _watched(self, reply: Reply, message: str = "") -> Reply:
        """A reply with the line of numbers, where its conversation is flagged or its message tells of distress."""

        def watched(lifeline: Lifeline, alarms: Alarms) -> Reply:
            troubled = bool(message) and tells_of_distress(message, reply, alarms, self.kb)
            return lifeline.worried(reply) if troubled else lifeline.watched(reply)

        return self._safely(watched, reply.context) or reply
