"""The bot that the tests of the Slack channel share."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

from bot.engine import Bot


@cache
def shipped() -> Bot:
    """The bot of the content that ships, for the United Kingdom; made ready once for all processes of a test run."""
    kept = Path(tempfile.gettempdir()) / f"faqbot-tests-{os.getuid()}"
    return Bot.load(region="UK", cache=kept)
