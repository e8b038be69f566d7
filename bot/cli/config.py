"""Show what is set, and where it was set.

A flag outweighs a FAQBOT_ variable, and that a default. Secrets are shown as ***.

examples:
  faqbot config
  FAQBOT_REGION=UK faqbot config --content my_shop/
"""

from __future__ import annotations

from argparse import ArgumentParser

from bot.cli import CLEAN, Call
from bot.settings import unheard


def register(parser: ArgumentParser) -> None:
    """Take no arguments of its own."""


def run(call: Call) -> int:
    """Print every setting with its value and its origin."""
    rows = [("setting", "value", "from"), *call.settings.rows()]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for name, value, origin in rows:
        call.say(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}")
    for variable in unheard(call.environment):
        call.say(f"\n{variable} is set, and nothing reads it: mend the name or unset it")
    return CLEAN
