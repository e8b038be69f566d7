"""Whether every rule fires on its own cases and stays silent on the others."""

from __future__ import annotations

from collections.abc import Iterator

from bot.errors import Problem
from bot.knowledge.rules import Safety
from bot.safety.screening import screen


def case_problems(safety: Safety) -> Iterator[Problem]:
    """A problem for each case of a rule that goes wrong, with the file and line of the rule."""
    for rule in safety.rules:
        place = rule.place
        for text in rule.match:
            alarm = screen(text, safety)
            if alarm is None or rule.id not in alarm.rules:
                message = f"{rule.id!r} does not fire on {text!r}: widen it, or move the case"
                yield Problem(place.path, place.line, message)
        for text in rule.no_match:
            alarm = screen(text, safety)
            if alarm is not None and rule.id in alarm.rules:
                message = f"{rule.id!r} fires on {text!r}: narrow it, or move the case"
                yield Problem(place.path, place.line, message)
