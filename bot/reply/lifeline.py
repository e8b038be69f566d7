"""The replies of safety: what is said to somebody in danger, with the numbers of a region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.decision import Alarmed
from bot.dialogue import ALSO_CRISIS, THIRD_PERSON, Context
from bot.knowledge.regions import UNKNOWN
from bot.knowledge.rules import ALARMS, MOST_LINES, Region, Safety, fill
from bot.reply.values import CARE, FAILED, NUMBERS, Reply, Resource
from bot.safety import (
    Alarm,
    Length,
    fallback,
    numbers_line,
    only_region_named,
    region_named,
    regions_named,
    reply_lines,
    resources,
)
from bot.text import words

LINE_BREAK = "  \n"  # within a paragraph of Markdown
SILENT = frozenset({*ALARMS, FAILED, NUMBERS})  # categories whose replies hold the numbers already


class Lifeline:
    """Gives the replies of safety of one knowledge base. Immutable."""

    def __init__(self, safety: Safety, kb: str) -> None:
        """`kb`: the hash of the content, which every reply carries."""
        self._safety = safety
        self._kb = kb
        regions = safety.regions.values()
        services = (service.label for one in regions for service in (*one.services.values(), *one.more))
        names = (name for one in regions for name in (one.label, *one.names))
        self.names = frozenset(word for text in (*services, *names) for word in words(text))

    def alarmed(self, alarm: Alarm, message: str, context: Context) -> Reply:
        """The reply to an alarm; the conversation is flagged where somebody may be in danger. Shorter on a repeat.

        A refusal that is repeated goes on to another next step, then to a person. A country that the message names
        adds its numbers, or gives them where the region is not known.
        """
        serious = alarm.category in ALARMS
        length = self._length(alarm.category, context)
        context, named = self._placed(message, context)
        known = {THIRD_PERSON: alarm.third_person, ALSO_CRISIS: alarm.also_crisis}
        remembered = replace(
            context,
            intents=(alarm.category,),
            choices=(),
            flag=alarm.category if serious else context.flag,
            refusals=context.refusals if serious else context.refusing(alarm.category),
            alarm=tuple(name for name, holds in known.items() if holds),
        )
        reply = self._lined(alarm, length, remembered, named)
        handover = serious or length is Length.PERSON
        return replace(reply, handover=alarm.category) if handover else reply

    def more(self, context: Context) -> Reply | None:
        """The rest of the last reply, where that was one of safety."""
        alarm = self._last(context)
        return self._lined(alarm, Length.MORE, context) if alarm else None

    def kept(self, context: Context) -> Reply | None:
        """The reply of safety that was given last, shorter; None where something else was said last."""
        alarm = self._last(context)
        return self.alarmed(alarm, "", context) if alarm else None

    def numbers(self, context: Context, message: str = "") -> Reply:
        """The numbers of the region, each on a line, and those of a region that the message names."""
        named = next((one.region for one in regions_named(message, self._safety)), None)
        context, named = self._in(named, replace(context, intents=(), choices=()), named)
        lines = [f"{one.label}: {one.number}" for one in _resources(self._region(context))]
        return self._reply(Alarmed(NUMBERS, ()), lines, context, named)

    def taken_back(self, context: Context) -> Reply:
        """What is said to somebody who takes an alarm back; the conversation stays flagged."""
        return self._reply(Alarmed(CARE, ()), (self._safety.voice["acknowledged"],), replace(context, choices=()))

    def parted(self, context: Context) -> Reply:
        """What is said to somebody who takes leave in a flagged conversation: the numbers."""
        parting = self._safety.voice["parting"]
        return replace(self.numbers(context), closing=parting, context=replace(context, choices=()))

    def failed(self, context: Context) -> Reply:
        """What is sent when the safety step fails; it was rendered when the base was loaded."""
        remembered = replace(context, intents=(), choices=(), flag=context.flag or ALARMS[0])
        said = Alarmed(FAILED, (), fallback(self._safety, context.region))
        return Reply((said,), (), remembered, self._kb, resources=_resources(self._region(context)))

    def worried(self, reply: Reply) -> Reply:
        """A reply that ends with the line of numbers."""
        region = self._region(reply.context)
        return replace(reply, closing=numbers_line(self._safety, region), resources=_resources(region))

    def watched(self, reply: Reply) -> Reply:
        """A reply as it is given in its conversation: with the line of numbers where that is flagged."""
        return self.worried(reply) if reply.context.flag else reply

    def filled(self, line: str, context: Context) -> str:
        """A line with the region's numbers in the place of {emergency}, {crisis} and the like."""
        return fill(line, self._region(context))

    def _region(self, context: Context) -> Region:
        return self._safety.region(context.region)

    def _length(self, category: str, context: Context) -> Length:
        """How much is said to a category that may have been raised before."""
        if category in ALARMS:
            return Length.SHORT if context.flag else Length.FULL
        return (Length.FULL, Length.SHORT, Length.PERSON)[min(context.refusals.count(category), 2)]

    def _last(self, context: Context) -> Alarm | None:
        """The alarm that the last reply was given to; None where it was no reply of safety."""
        category = next((intent for intent in context.intents if intent in self._safety.replies), "")
        third, crisis = THIRD_PERSON in context.alarm, ALSO_CRISIS in context.alarm
        return Alarm(category, (), third_person=third, also_crisis=crisis) if category else None

    def _placed(self, message: str, context: Context) -> tuple[Context, Region | None]:
        """The context with the one region that a message names, where none was known, and a region named besides."""
        return self._in(only_region_named(message, self._safety), context, region_named(message, self._safety))

    def _in(self, only: Region | None, context: Context, named: Region | None) -> tuple[Context, Region | None]:
        if only and self._region(context).id == UNKNOWN:
            return replace(context, region=only.id), None
        return context, named if named and named.id != self._region(context).id else None

    def _lined(self, alarm: Alarm, length: Length, context: Context, named: Region | None = None) -> Reply:
        """A reply to an alarm in as many lines as there is room for."""
        lines = reply_lines(alarm, self._safety, self._region(context), length)
        return self._reply(Alarmed(alarm.category, alarm.rules, words=alarm.words), lines, context, named)

    def _reply(self, part: Alarmed, lines: Sequence[str], context: Context, named: Region | None = None) -> Reply:
        """A reply of at most six lines: those of the part, then the numbers that the conversation calls for."""
        region = self._region(context)
        closing = [numbers_line(self._safety, region)] if context.flag and part.category not in SILENT else []
        if named:
            closing.append(f"{named.label}: {numbers_line(self._safety, named)}")
        return Reply(
            parts=(replace(part, text=LINE_BREAK.join(lines[: MOST_LINES - len(closing)])),),
            choices=(),
            context=context,
            kb=self._kb,
            resources=_resources(region) + (_resources(named) if named else ()),
            closing=LINE_BREAK.join(closing),
        )


def _resources(region: Region) -> tuple[Resource, ...]:
    return tuple(Resource(one["label"], one["number"], one["kind"]) for one in resources(region))
