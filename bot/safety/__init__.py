"""Alarms before guesses: what a message raises, and what is said then."""

from bot.safety.replies import Length, fallback, numbers_line, region_named, reply_lines, resources
from bot.safety.screening import Alarm, Alarms

__all__ = [
    "Alarm", "Alarms", "Length", "fallback", "numbers_line", "region_named", "reply_lines", "resources",
]  # fmt: skip
