"""Which of the things that were offered a message picks: by number, ordinal, "both", "yes" or "none"."""

from __future__ import annotations

import re

from bot.dialogue.acts import DENIES, LONGEST_ACT, NO, TAKING_UP, YES
from bot.dialogue.context import Context
from bot.knowledge.values import NONE_OF_THESE
from bot.text import words

PLACES = {"top": "first", "former": "first", "bottom": "last", "latter": "last", "final": "last"}
ORDINALS = {
    word: number
    for number, names in enumerate(
        ("one first 1st", "two second 2nd", "three third 3rd", "four fourth 4th", "five fifth 5th", "six sixth 6th"), 1
    )
    for word in names.split()
}
LAST, BOTH, ALL = frozenset({"last"}), frozenset({"both"}), frozenset({"all"})
PICKING = frozenset(
    """the one number no option question choice answer pick choose i want would like to know go with please pls plz for
    yes yeah ok okay let us me tell about show and then of them these those is s it mean meant take do hit select hash
    ones think want lets item thanks thank you my a try on give click first second and or also item nr num maybe
    guess suppose just actually hmm hm um now can could have st nd rd th""".split()
)
NAMING_A_NUMBER = frozenset("number no option choice question answer nr num item hash the and or to s please".split())
BESIDE_A_PLACE = frozenset("one part answer question number st nd rd th".split())
RANGE = re.compile(r"(?<![\w.,])(\d{1,2})\s*(?:-|–|—|to|through|till|until)\s*(\d{1,2})(?![\w.,])")
MOST_IN_A_RANGE = 20


def picked(message: str, context: Context) -> tuple[str, ...]:
    """The choices offered last that a number, an ordinal, "both", "yes" or "none" picks; empty where none is meant."""
    offered = tuple(choice for choice in context.choices if choice != NONE_OF_THESE)
    number = message.strip().lstrip("#").strip().rstrip(".)").strip()
    if number.isascii() and number.isdigit():
        return context.choices[int(number[:4]) - 1 : int(number[:4])] if int(number[:4]) else ()
    said = tuple(PLACES.get(word, word) for word in words(RANGE.sub(_counted, message)))
    if not said or not offered or len(said) > LONGEST_ACT:
        return ()
    if context.asked and not NO.isdisjoint(said) and set(said) <= DENIES:
        return (NONE_OF_THESE,)
    if len(offered) == 1 and not TAKING_UP.isdisjoint(said) and set(said) <= YES | PICKING:
        return offered
    return tuple(dict.fromkeys(_ordinals(said, offered)))


def _ordinals(said: tuple[str, ...], offered: tuple[str, ...]) -> tuple[str, ...]:
    """The choices that number words, ordinals or "both" name, in a message of nothing else."""
    if not BOTH.isdisjoint(said) and set(said) <= BOTH | PICKING:
        return offered[:2]
    if not ALL.isdisjoint(said) and set(said) <= ALL | PICKING:
        return offered
    naming = [word for word in said if word in ORDINALS or word in LAST or word.isdigit()]
    if not naming or not all(word in naming or word in PICKING for word in said):
        return ()
    if len(naming) > 1:  # "one" pads: the second one, the last one
        naming = [word for word in naming if word != "one"] or naming
    elif naming == ["one"] and said != ("one",) and not {"number", "option", "choice"} & set(said):
        return ()
    found = []
    for word in naming:
        at = len(offered) if word in LAST else ORDINALS.get(word) or int(word[:4])
        if not 1 <= at <= len(offered):
            return ()
        found.append(offered[at - 1])
    return tuple(found)


def only_numbers(message: str) -> bool:
    """Whether a message is nothing but numbers and ordinals: it picks, or means nothing.

    >>> [only_numbers(said) for said in ("7", "third and fourth", "number 7", "1-3", "the last one", "5 mg", "number")]
    [True, True, True, True, True, False, False]
    """
    said = words(message)
    numbers = [word for word in said if word in ORDINALS or word in LAST or word.isdigit()]
    return bool(numbers) and all(word in numbers or word in NAMING_A_NUMBER for word in said)


def place_named(message: str) -> tuple[int, str] | None:
    """The place, from 0 (-1: the last), that one ordinal or number names, and the message without it; else None.

    >>> place_named("more on the second one"), place_named("sources for part 3"), place_named("more on ketamine")
    ((1, 'more on the'), (2, 'sources for'), None)
    """
    said = [PLACES.get(word, word) for word in words(message)]
    naming = [word for word in said if word != "one" and (word in ORDINALS or word in LAST or word.isdigit())]
    if len(naming) != 1 or len(said) > LONGEST_ACT:
        return None
    place = -1 if naming[0] in LAST else (ORDINALS.get(naming[0]) or int(naming[0][:4])) - 1
    rest = [word for word in said if word != naming[0] and word not in BESIDE_A_PLACE]
    return (place, " ".join(rest)) if place >= 0 or naming[0] in LAST else None


def _counted(found: re.Match[str]) -> str:
    """The numbers of a range, one by one: "1-3" is 1, 2 and 3."""
    first, last = int(found[1]), int(found[2])
    return " ".join(map(str, range(first, last + 1))) if first < last <= first + MOST_IN_A_RANGE else found[0]
