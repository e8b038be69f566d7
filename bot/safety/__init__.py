"""Alarms before guesses: what a message raises, and what is said then."""

from bot.safety.places import only_region_named, region_named, regions_named
from bot.safety.replies import Length, fallback, numbers_line, reply_lines, resources
from bot.safety.screening import Alarm, Alarms

__all__ = [
    "Alarm", "Alarms", "Length", "fallback", "numbers_line", "only_region_named", "region_named", "regions_named",
    "reply_lines", "resources",
]  # fmt: skip
