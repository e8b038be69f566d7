"""What is said to an alarm or a refusal, category by category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.knowledge.source import Fields
from bot.knowledge.values import Place

ALARMS = ("overdose_emergency", "suicide_crisis")
REFUSALS = ("acquisition", "dosing", "mixing", "personal_medical_advice")
CATEGORIES = ALARMS + REFUSALS  # the order is the precedence
MOST_LINES = 6  # of a reply at once
LINES = ("numbers_line", "disclosure", "acknowledged", "parting")
FALLBACK = "fallback"


class SafetyReply(NamedTuple):
    """The lines for one category; {emergency} and the like stand for the region's numbers."""

    first: str
    first_third: str
    full: tuple[str, ...]
    short: tuple[str, ...]
    more: tuple[str, ...]
    crisis: str = ""  # a second line where a wish to die is said as well
    unwell: str = ""  # a line where something was already taken
    short_first: str = ""
    place: Place = Place(Path(), 0)


class Replies(NamedTuple):
    """The replies, and the single lines of safety, with where each of those stands."""

    by_category: Mapping[str, SafetyReply]
    voice: Mapping[str, str]
    places: Mapping[str, Place]


def read_replies(files: Sequence[Fields], raised: Mapping[str, Place]) -> Replies:
    """The replies of answers/alarms.yaml and answers/refusals.yaml; what is wrong is reported.

    `raised`: the categories that a rule, a case or a phrasing can raise, each with where it does; all need a reply.
    """
    found = Replies({}, {}, {})
    for file in files:
        by_category, voice, places = found
        by_category = {**by_category, **{n: _reply(n, fields) for n, fields in file.mappings("replies", required=True)}}
        if file.path.name == "alarms.yaml":
            voice = {key: file.text(key, required=True) for key in LINES}
            voice[FALLBACK] = "\n".join(text for text, _ in file.texts(FALLBACK, required=True))
            places = {key: Place(file.path, file.line_of(key)) for key in voice}
            if voice[FALLBACK].count("\n") >= MOST_LINES:
                file.problem(f"{FALLBACK!r} may have {MOST_LINES} lines: shorten it", file.line_of(FALLBACK))
        found = Replies(by_category, voice, places)
        file.finish()
    for category, place in raised.items():
        if category in CATEGORIES and category not in found.by_category:
            _unanswered(category, place, files)
    return found


def _unanswered(category: str, raised: Place, files: Sequence[Fields]) -> None:
    """Report a category that can be raised and has no reply, in the file where that belongs."""
    name = "alarms.yaml" if category in ALARMS else "refusals.yaml"
    file = next((file for file in files if file.path.name == name), files[0])
    message = f"{category!r} has no reply, and {raised.path.name}, line {raised.line}, raises it"
    if file.path.name == name:
        file.problem(f"{message}: add it under 'replies'", file.line_of("replies"))
    else:
        file.problem(f"{message}: write answers/{name} with a reply to it", 0)


def _reply(name: str, fields: Fields) -> SafetyReply:
    if name not in CATEGORIES:
        fields.problem(f"{name!r} is no category: use {', '.join(CATEGORIES)}")
    first = fields.text("first", required=True)
    reply = SafetyReply(
        first=first,
        first_third=fields.text("first_third") or first,
        full=tuple(text for text, _ in fields.texts("full", required=True)),
        short=tuple(text for text, _ in fields.texts("short", required=True)),
        more=tuple(text for text, _ in fields.texts("more", required=True)),
        crisis=fields.text("crisis"),
        unwell=fields.text("unwell"),
        short_first=fields.text("short_first") or first,
        place=Place(fields.path, fields.line),
    )
    extra = 1 + bool(reply.crisis) + bool(reply.unwell)
    for key, most in (("full", MOST_LINES - extra), ("short", MOST_LINES - extra), ("more", MOST_LINES)):
        if len(getattr(reply, key)) > most:
            fields.problem(f"{name!r} may have {most} lines under {key!r}: move one to 'more'", fields.line_of(key))
    fields.finish()
    return reply
