"""What is sent for an alarm, with the numbers of a region."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import assert_never

from bot.knowledge.regions import Region, Service, fill
from bot.knowledge.rules import MOST_LINES, Safety, SafetyReply
from bot.safety.screening import Alarm


class Length(Enum):
    """How much of a reply is sent: at first, on a repeat, from the second repeat on, and on "more"."""

    FULL = "full"
    SHORT = "short"
    PERSON = "person"  # another next step, and a person
    MORE = "more"


def reply_lines(
    alarm: Alarm, safety: Safety, region: Region, length: Length = Length.FULL, most: int = MOST_LINES
) -> tuple[str, ...]:
    """The lines of the reply, at most so many, the action first."""
    reply = safety.replies[alarm.category]
    lines = [_first(reply, alarm, length)] if length is not Length.MORE or alarm.third_person else []
    if alarm.also_crisis and reply.crisis:
        lines.append(reply.crisis)
    if alarm.also_unwell and reply.unwell:
        lines.append(reply.unwell)
    match length:
        case Length.FULL:
            lines.extend(reply.full)
        case Length.SHORT:
            lines.extend(reply.short)
        case Length.PERSON:
            lines.extend(dict.fromkeys((reply.more[0], reply.more[-1])))
        case Length.MORE if alarm.also_crisis and not alarm.third_person:  # the first one names the emergency number
            lines = [*reply.more[:1], *lines, *reply.more[1:]]
        case Length.MORE:
            lines.extend(reply.more)
        case _:
            assert_never(length)
    return tuple(fill(line, region) for line in lines[:most])


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
