"""Whether every rule fires on its own cases and stays silent on the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.errors import Problem
from bot.knowledge.rules import CATEGORIES, NO_ALARM, Safety
from bot.safety.screening import Alarms

ALARMS_FILE = Path("intents/alarms.yaml")


def case_problems(safety: Safety, alarms: Alarms) -> Iterator[Problem]:
    """A problem for each case of a rule that goes wrong, with the file and line of the rule."""
    for rule in safety.rules:
        place = rule.place
        for text in rule.match:
            alarm = alarms.screen(text)
            if alarm is None or rule.id not in alarm.rules:
                message = f"{rule.id!r} does not fire on {text!r}: widen it, or move the case"
                yield Problem(place.path, place.line, message)
        for text in rule.no_match:
            alarm = alarms.screen(text)
            if alarm is not None and rule.id in alarm.rules:
                message = f"{rule.id!r} fires on {text!r}: narrow it, or move the case"
                yield Problem(place.path, place.line, message)
    for wanted, texts in safety.cases.items():
        allowed = CATEGORIES[: CATEGORIES.index(wanted) + 1] if wanted != NO_ALARM else ()  # a graver one is right too
        for text in texts:
            alarm = alarms.screen(text)
            raised = alarm.category if alarm else NO_ALARM
            if raised not in (allowed or (NO_ALARM,)):
                yield Problem(ALARMS_FILE, 0, f"the case {text!r} raises {raised}, and must raise {wanted}")
