"""Alarms before guesses: what a message raises, and what is said then."""

from bot.safety.replies import Length, fallback, numbers_line, region_named, reply_lines, resources
from bot.safety.screening import Alarm, distress, prepare, screen

__all__ = [
    "Alarm", "Length", "distress", "fallback", "numbers_line", "prepare", "region_named", "reply_lines", "resources",
    "screen",
]  # fmt: skip
