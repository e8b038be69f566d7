"""The replies of safety: what is said to somebody in danger, with the numbers of a region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.decision import Alarmed
from bot.dialogue import Context
from bot.knowledge.rules import ALARMS, CATEGORIES, Region, Safety, fill
from bot.reply.values import CARE, FAILED, NUMBERS, Reply, Resource
from bot.safety import Alarm, Length, fallback, numbers_line, region_named, reply_lines, resources

LINE_BREAK = "  \n"  # within a paragraph of Markdown
SILENT = frozenset({*ALARMS, FAILED, NUMBERS})  # categories whose replies hold the numbers already


class Lifeline:
    """Gives the replies of safety of one knowledge base. Immutable."""

    def __init__(self, safety: Safety, kb: str) -> None:
        """`kb`: the hash of the content, which every reply carries."""
        self._safety = safety
        self._kb = kb

    def alarmed(self, alarm: Alarm, message: str, context: Context) -> Reply:
        """The reply to an alarm; the conversation is flagged where somebody may be in danger. Shorter on a repeat.

        A country that the message names adds its numbers, or gives them where the region is not known.
        """
        serious = alarm.category in ALARMS
        repeated = bool(context.flag) if serious else context.refusals > 0
        named = region_named(message, self._safety)
        if named and context.region not in self._safety.regions:
            context = replace(context, region=named.id)
        lines = reply_lines(alarm, self._safety, self._region(context), Length.SHORT if repeated else Length.FULL)
        remembered = replace(
            context,
            intents=(alarm.category,),
            choices=(),
            flag=alarm.category if serious else context.flag,
            refusals=context.refusals + (not serious),
        )
        reply = self._reply(Alarmed(alarm.category, alarm.rules, words=alarm.words), lines, remembered)
        if named and named.id != context.region:
            line = f"{named.label}: {numbers_line(self._safety, named)}"
            reply = replace(reply, closing=line, resources=(*reply.resources, *_resources(named)))
        return replace(reply, handover=alarm.category) if serious else reply

    def more(self, context: Context) -> Reply | None:
        """The rest of the last reply, where that was one of safety."""
        category = next((intent for intent in context.intents if intent in CATEGORIES), "")
        if not category:
            return None
        lines = reply_lines(Alarm(category, ()), self._safety, self._region(context), Length.MORE)
        return self._reply(Alarmed(category, ()), lines, context)

    def numbers(self, context: Context) -> Reply:
        """The numbers of the region, each on a line."""
        lines = [f"{one.label}: {one.number}" for one in _resources(self._region(context))]
        return self._reply(Alarmed(NUMBERS, ()), lines, replace(context, intents=(), choices=()))

    def taken_back(self, context: Context) -> Reply:
        """What is said to somebody who takes an alarm back; the conversation stays flagged."""
        return self._reply(Alarmed(CARE, ()), (self._safety.voice["acknowledged"],), replace(context, choices=()))

    def parted(self, context: Context) -> Reply:
        """What is said to somebody who takes leave in a flagged conversation: the numbers."""
        said = self._reply(Alarmed(CARE, ()), (self._safety.voice["parting"],), replace(context, choices=()))
        return replace(said, parts=(*self.numbers(context).parts, *said.parts), closing="")

    def kept(self, context: Context) -> Reply | None:
        """The reply of safety that was given last, shorter; None where something else was said last."""
        category = next((intent for intent in context.intents if intent in CATEGORIES), "")
        return self.alarmed(Alarm(category, ()), "", context) if category else None

    def failed(self, context: Context) -> Reply:
        """What is sent when the safety step fails; it was rendered when the base was loaded."""
        remembered = replace(context, intents=(), choices=(), flag=context.flag or ALARMS[0])
        return self._reply(Alarmed(FAILED, ()), (fallback(self._safety, context.region),), remembered)

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

    def _reply(self, part: Alarmed, lines: Sequence[str], context: Context) -> Reply:
        said = replace(part, text=LINE_BREAK.join(lines))
        reply = Reply(parts=(said,), choices=(), context=context, kb=self._kb)
        if part.category in SILENT:
            return replace(reply, resources=_resources(self._region(context)))
        return replace(self.watched(reply), resources=_resources(self._region(context)))


def _resources(region: Region) -> tuple[Resource, ...]:
    return tuple(Resource(one["label"], one["number"], one["kind"]) for one in resources(region))
