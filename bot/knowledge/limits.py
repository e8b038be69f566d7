"""What it takes to answer: the limits that ship, or those that an owner derived, with their evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from math import isfinite
from typing import NamedTuple

from bot.knowledge.source import Fields
from bot.knowledge.values import HASH_DIGITS, Intent, Lexicon

LIMITS = "limits.yaml"
LONGEST_COUNT = 9  # digits
MOST = 9.0  # no confidence comes near it
HEADER = "# Derived by `faqbot calibrate` from this content; run it again when phrasings or lexicon have changed."


class Limits(NamedTuple):
    """What it takes to answer or to ask back, in units of the matcher's confidence (0 to about 3).

    What the values that ship come to, and their neighbours, stands in benchmarks/README.md (`benchmarks/limits.py`).
    """

    answer: float = 0.80
    ask: float = 0.30
    lead: float = 0.001  # least distance to the runner-up, in units of the score
    beside: float = 0.8  # least share of the confidence of an intent that a gate refused, where one came before


class Calibration(NamedTuple):
    """Derived limits and what they rest on: of `n` answers so many were wrong.

    `bound` is the upper end of the exact 95 % interval of that share (Clopper and Pearson); `of` names the phrasings
    and the lexicon that were asked.
    """

    limits: Limits
    budget: float
    n: int
    wrong: int
    bound: float
    of: str


def hash_of(intents: Iterable[Intent], lexicon: Lexicon) -> str:
    """A name for all that matching rests on: phrasings and lexicon, wherever they stand; hexadecimal, 16 digits."""
    said = sorted((i.id, i.title, i.about, sorted(i.phrasings), sorted(i.lookalikes)) for i in intents)
    things = sorted(
        (e.id, e.name, e.kind, e.aliases, e.classes, e.covered, e.endings) for e in lexicon.entities.values()
    )
    known = (said, things, sorted(lexicon.synonyms), sorted(lexicon.slips.items()))
    return hashlib.sha256(repr(known).encode()).hexdigest()[:HASH_DIGITS]


def read_calibration(file: Fields) -> Calibration | None:
    """What a limits file says; None after a problem was reported."""
    usual = Limits()
    read = {key: _number(file, key, getattr(usual, key), MOST) for key in Limits._fields}
    budget, bound = (_number(file, key, 0.0, 1.0) for key in ("budget", "bound"))
    n, wrong = (_count(file, key) for key in ("n", "wrong"))
    of = file.text("of", required=True)
    file.finish()
    figures = (*read.values(), budget, bound, n, wrong)
    if None in figures or not of:
        return None
    answer, ask, lead, beside = (figure or 0.0 for figure in read.values())
    if ask > answer:
        file.problem("'ask' must not be above 'answer': run `faqbot calibrate` again, or delete this file")
        return None
    if (wrong or 0) > (n or 0):
        file.problem(
            f"'wrong' ({wrong}) must not be above 'n' ({n}): run `faqbot calibrate` again, or delete this file",
            file.line_of("wrong"),
        )
        return None
    return Calibration(Limits(answer, ask, lead, beside), budget or 0.0, n or 0, wrong or 0, bound or 0.0, of)


def _count(file: Fields, key: str) -> int | None:
    """A number of questions, 0 where it is left out; None after a problem was reported."""
    typed = file.text(key)
    if typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_COUNT:
        return int(typed)
    if not typed:
        return 0
    file.problem(f"{key!r} must be a whole number from 0, not {typed!r}", file.line_of(key))
    return None


def _number(file: Fields, key: str, default: float, most: float) -> float | None:
    typed = file.text(key)
    if not typed:
        return default
    try:
        number = float(typed)
    except ValueError:
        number = -1.0
    if isfinite(number) and 0 <= number <= most:
        return number
    file.problem(f"{key!r} must be a number from 0 to {most:g}, not {typed!r}", file.line_of(key))
    return None


def written(found: Calibration) -> str:
    """A calibration as the text of a limits file."""
    limits = "\n".join(f"{key}: {value:g}" for key, value in found.limits._asdict().items())
    evidence = f"budget: {found.budget:g}\nn: {found.n}\nwrong: {found.wrong}\nbound: {found.bound:.4f}\nof: {found.of}"
    return f"{HEADER}\n{limits}\n{evidence}\n"
