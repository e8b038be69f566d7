"""Who can be reached, region by region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bot.knowledge.source import Fields
from bot.knowledge.values import Place

SERVICES = ("emergency", "crisis", "poison", "treatment")
KINDS = ("call", "call_or_text", "text", "web", "place")
UNKNOWN = "unknown"  # the region that answers where none is set


class Service(NamedTuple):
    """Who can be reached: `say` is what replies print, `number` what a phone dials (it may be empty)."""

    label: str
    say: str
    number: str
    kind: str
    checked_on: str
    source: str
    place: Place = Place(Path(), 0)


class Region(NamedTuple):
    """The services of a place, and the names by which a message may call it."""

    id: str
    label: str
    names: tuple[str, ...]
    services: Mapping[str, Service]
    more: tuple[Service, ...] = ()


class NoCountry(NamedTuple):
    """Names that hold the name of a country and are none, and the words before which a name is that of a house."""

    elsewhere: tuple[str, ...] = ()
    named_after: frozenset[str] = frozenset()


def fill(line: str, region: Region) -> str:
    """The line with the region's numbers in place of {emergency} and the like."""
    for name, service in region.services.items():
        line = line.replace("{" + name + "}", service.say)
    return line


def read_regions(file: Fields) -> Iterator[Region]:
    """The regions of answers/regions.yaml; what is wrong is reported."""
    for name, fields in file.mappings("regions", required=True):
        services = {}
        for key in SERVICES:
            child = fields.child(key)
            if child is None:
                fields.problem(f"the region {name!r} lacks {key!r}: write whom to call")
            else:
                services[key] = _service(child)
        label, names = fields.text("label", required=True), tuple(t.lower() for t, _ in fields.texts("names"))
        more = tuple(_service(record) for record in fields.records("more"))
        yield Region(name, label, names, services, more)
        fields.finish()


def read_no_country(file: Fields) -> NoCountry:
    """What answers/regions.yaml says of names that are not to be taken for a country's."""
    named_after = frozenset(text.lower() for text, _ in file.texts("named_after"))
    return NoCountry(tuple(text.lower() for text, _ in file.texts("elsewhere")), named_after)


def _service(fields: Fields) -> Service:
    service = Service(
        label=fields.text("label", required=True),
        say=fields.text("say", required=True),
        number=fields.text("number"),
        kind=fields.choice("kind", KINDS, "call"),
        checked_on=fields.text("checked_on", required=True),
        source=fields.text("source"),
        place=Place(fields.path, fields.line),
    )
    try:
        date.fromisoformat(service.checked_on or "2000-01-01")
    except ValueError:
        fields.problem(
            f"'checked_on' must be a date (YYYY-MM-DD), not {service.checked_on!r}", fields.line_of("checked_on")
        )
    fields.finish()
    return service
