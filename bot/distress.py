"""Whether a message tells of somebody's distress, beside what it asks."""

from __future__ import annotations

from functools import lru_cache

from bot.decision import Answered
from bot.dialogue import tells
from bot.knowledge import KnowledgeBase
from bot.matching import phrasings_of
from bot.reply import Reply
from bot.safety import Alarms
from bot.text import content_stems, stems


def tells_of_distress(message: str, reply: Reply, alarms: Alarms, kb: KnowledgeBase) -> bool:
    """Whether a word of distress tells of somebody, rather than being what an answered question is about."""
    if not alarms.distress(message):
        return False
    answered = [part.intent for part in reply.parts if isinstance(part, Answered)]
    if len(answered) < len(reply.parts):
        return True
    asked = frozenset().union(*(_stems_of(phrasings_of(kb.intents[intent])) for intent in answered))
    distressed = (set(content_stems(told)) for told in tells(message) if alarms.distress(told))
    return any(len(said) == 1 or not said <= asked for said in distressed)  # "im so scared" asks nothing


@lru_cache(maxsize=1024)
def _stems_of(phrasings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(stem for text in phrasings for stem in stems(text))
