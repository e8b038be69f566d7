"""List the topics, and the questions that have an answer.

examples:
  faqbot topics
  faqbot topics --content my_shop/
"""

from __future__ import annotations

from argparse import ArgumentParser

from bot.cli import CLEAN, Call
from bot.engine import Bot


def register(parser: ArgumentParser) -> None:
    """Take no arguments of its own."""


def run(call: Call) -> int:
    """Print every topic with the titles of its intents."""
    kb = Bot.load(call.settings.content, cache=call.settings.cache).kb
    blocks = []
    for topic in kb.topics.values():
        titles = [f"  - {intent.title}" for intent in kb.of_topic(topic.id)]
        blocks.append("\n".join([topic.title, *titles]))
    call.say("\n\n".join(blocks))
    return CLEAN
