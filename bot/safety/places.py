"""The countries that a message names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from bot.knowledge.regions import Region
from bot.knowledge.rules import Safety
from bot.safety.prepared import HELD
from bot.text import normalise

INITIALS = re.compile(r"(?<![^\W_])(?:[a-z]\.){2,}")  # "u.k."
WORD = re.compile(r"[^\W_]+")
PAUSE = re.compile(r"[,;:.!?()\r\n]|\s[-–—]\s")
# Words that a place follows, itself or after a word such as "north".
LEADS = frozenset("in from at to near around across inside outside within visiting here numbers number".split())
# Words that may follow a place at the end of what is said: "uk here".
TAILS = frozenset("here now please pls today tonight atm currently help".split())
LEAD = 2  # words before a name that are looked at


class Named(NamedTuple):
    """A name of a region in a message, and whether it clearly says where somebody is."""

    region: Region
    clear: bool


def region_named(message: str, safety: Safety) -> Region | None:
    """The region that a message clearly names, the last of several; None where there is none."""
    return next((named.region for named in reversed(regions_named(message, safety)) if named.clear), None)


def only_region_named(message: str, safety: Safety) -> Region | None:
    """The region that a message clearly names; None where there is none, or another one beside it."""
    found = {named.region.id: named.region for named in regions_named(message, safety) if named.clear}
    return next(iter(found.values())) if len(found) == 1 else None


def regions_named(message: str, safety: Safety) -> list[Named]:
    """Every name of a region in a message, in order; of names within each other the longest.

    A name that holds a country's and is none ("prince of wales"), or that a house goes by ("the america bar"), is left
    out. A name is clear after a word such as "in", and at the end of what is said.
    """
    said, ends = _words(message)
    known = _known(safety)
    longest = max(map(len, known), default=0)
    found: list[Named] = []
    at = 0
    while at < len(said):
        size = next((n for n in range(min(longest, len(said) - at), 0, -1) if said[at : at + n] in known), 0)
        region = known[said[at : at + size]] if size else None
        if region and not _of_a_house(said, at, size, safety):
            found.append(Named(region, _clear(said, ends, at, size)))
        at += size or 1
    return found


@lru_cache(maxsize=HELD)
def _known(safety: Safety) -> dict[tuple[str, ...], Region | None]:
    """Every name of a region, and every name that holds one and is none."""
    names = {_words(name)[0]: region for region in safety.regions.values() for name in region.names}
    return names | dict.fromkeys(_words(name)[0] for name in safety.no_country.elsewhere)


def _of_a_house(said: tuple[str, ...], at: int, size: int, safety: Safety) -> bool:
    after = said[at + size : at + size + 1]
    return bool(after) and after[0] in safety.no_country.named_after


def _clear(said: tuple[str, ...], ends: frozenset[int], at: int, size: int) -> bool:
    """Whether a name says where somebody is, rather than who: "sydney is not waking up"."""
    last = at + size - 1
    before = set(said[max(0, at - LEAD) : at])
    if said[at - 1 : at] and said[at - 1].isdigit():  # "2 gb"
        return False
    own = said[at] in LEADS and size > 1  # "in the us"
    return own or last in ends or not LEADS.isdisjoint(before) or said[last + 1] in TAILS


def _words(text: str) -> tuple[tuple[str, ...], frozenset[int]]:
    """The words of a text as they stand, and the places of those before a pause or the end."""
    plain = INITIALS.sub(lambda found: found[0].replace(".", "") + " ", normalise(text))
    said: list[str] = []
    ends: set[int] = set()
    for piece in PAUSE.split(plain):
        said.extend(_spoken(piece))
        ends.add(len(said) - 1)
    return tuple(said), frozenset(ends)


def _spoken(piece: str) -> Iterator[str]:
    yield from (found[0] for found in WORD.finditer(piece.replace("'s ", " ").removesuffix("'s")))
