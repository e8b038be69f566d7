"""The records of content files: an intent, an entry, an entity."""

from __future__ import annotations

from collections.abc import Iterator

from bot.knowledge.rules import read_review
from bot.knowledge.source import Fields
from bot.knowledge.values import CLOSINGS, FORMS, Entity, Entry, Intent, Place, Source


def read_intent(name: str, topic: str, fields: Fields) -> Intent:
    """One intent of a topic file."""
    check_id(name, fields)
    intent = Intent(
        id=name,
        topic=topic,
        title=fields.text("title", required=True),
        phrasings=tuple(text for text, _ in fields.texts("phrasings", required=True)),
        about=tuple(text for text, _ in fields.texts("about")),
        reads_right_for=frozenset(fields.choices("reads_right_for", FORMS)),
        lookalikes=tuple(text for text, _ in fields.texts("not")),
        place=Place(fields.path, fields.line),
    )
    fields.finish()
    return intent


def read_entry(name: str, fields: Fields) -> Entry:
    """One entry of an answers file."""
    entry = Entry(
        intent=name,
        short=fields.text("short", required=True),
        text=fields.text("text", required=True),
        sources=tuple(read_sources(fields)),
        follow_ups=tuple(text for text, _ in fields.texts("follow_ups")),
        closing=fields.choice("closing", CLOSINGS),
        reviewed=read_review(fields),
        handover=fields.flag("handover", default=False),
        place=Place(fields.path, fields.line),
    )
    fields.finish()
    return entry


def read_sources(fields: Fields) -> Iterator[Source]:
    """The sources of an entry."""
    for source in fields.records("sources"):
        yield Source(source.text("document", required=True), source.text("section", required=True))
        source.finish()


def read_entity(name: str, fields: Fields) -> Entity:
    """One entity of the lexicon; its id and its name are aliases too."""
    check_id(name, fields)
    spoken = name.replace("_", " ")
    label = fields.text("name") or spoken
    aliases = dict.fromkeys([spoken, label.lower(), *(text.lower() for text, _ in fields.texts("aliases"))])
    entity = Entity(
        id=name,
        name=label,
        kind=fields.text("kind", required=True),
        aliases=tuple(aliases),
        classes=tuple(text for text, _ in fields.texts("is")),
        covered=fields.flag("covered", default=True),
        endings=tuple(text.lower() for text, _ in fields.texts("endings")),
        place=Place(fields.path, fields.line),
    )
    fields.finish()
    return entity


def check_id(name: str, fields: Fields) -> None:
    """Report an id that is not snake_case."""
    if not name.isidentifier() or name != name.lower():
        fields.problem(f"{name!r} is not a good id: use small letters, digits and underscores, a letter first")
