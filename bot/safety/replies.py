"""What is sent for an alarm, with the numbers of a region."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from bot.knowledge.patterns import atoms
from bot.knowledge.regions import Region, Service, fill
from bot.knowledge.rules import MOST_LINES, Safety, SafetyReply
from bot.safety.screening import Alarm
from bot.text import words


class Length(Enum):
    """How much of a reply is sent: at first, on a repeat, and on "more"."""

    FULL = "full"
    SHORT = "short"
    MORE = "more"


def reply_lines(alarm: Alarm, safety: Safety, region: Region, length: Length = Length.FULL) -> tuple[str, ...]:
    """The lines of the reply, at most six, the action first."""
    reply = safety.replies[alarm.category]
    if length is Length.MORE:
        return tuple(fill(line, region) for line in reply.more[:MOST_LINES])
    lines = [_first(reply, alarm, length)]
    if alarm.also_crisis and reply.crisis:
        lines.append(reply.crisis)
    if alarm.also_unwell and reply.unwell:
        lines.append(reply.unwell)
    lines.extend(reply.full if length is Length.FULL else reply.short)
    return tuple(fill(line, region) for line in lines[:MOST_LINES])


def _first(reply: SafetyReply, alarm: Alarm, length: Length) -> str:
    if alarm.third_person:
        return reply.first_third
    return reply.first if length is Length.FULL else reply.short_first


def resources(region: Region) -> tuple[Mapping[str, str], ...]:
    """The region's services as data: label, number and kind; those without a number are left out."""
    services: tuple[Service, ...] = (*region.services.values(), *region.more)
    return tuple({"label": s.label, "number": s.number, "kind": s.kind} for s in services if s.number)


def numbers_line(safety: Safety, region: Region) -> str:
    """The one line that ends every later reply of a flagged conversation."""
    return fill(safety.voice["numbers_line"], region)


def fallback(safety: Safety, region: str) -> str:
    """What is sent when the safety step itself fails; it was rendered when the base was loaded."""
    return safety.fallbacks.get(region) or safety.fallbacks["unknown"]


def region_named(message: str, safety: Safety) -> Region | None:
    """The region whose name stands in a message, the first one named; None where there is none."""
    said = f" {' '.join(atoms(words(message)))} "
    places = (
        (said.find(f" {' '.join(atoms(words(name)))} "), -len(name), region.id)
        for region in safety.regions.values()
        for name in region.names
    )
    named = min((place for place in places if place[0] >= 0), default=None)
    return safety.regions[named[2]] if named else None
