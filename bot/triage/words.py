"""The texts that go into tickets: for customers in the words of the base, for agents in plain ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.decision import Answered
from bot.desks import marked
from bot.knowledge import KnowledgeBase
from bot.reply import Reply, Voice


class Suggestion(NamedTuple):
    """A curated answer, and the phrasing that the question came closest to."""

    part: Answered
    phrasing: str


def answer_text(kb: KnowledgeBase, answers: Sequence[Answered], key: str) -> str:
    """What a customer gets: curated texts, unchanged, and how to reach a person."""
    voice = Voice(kb)
    blocks = [voice.say("desk_above", mark=marked(key))]
    for part in answers:
        blocks += [part.title, part.text, part.closing] if len(answers) > 1 else [part.text, part.closing]
    return "\n\n".join(block.strip() for block in (*blocks, voice.say("desk_person")) if block.strip())


def rescue_text(reply: Reply) -> str:
    """What somebody gets who may be in danger: the fixed reply, its lines as they are."""
    return "\n".join(line.rstrip() for line in reply.text.splitlines())


def suggestion_note(suggestions: Sequence[Suggestion]) -> str:
    """What agents get: answers that are ready to be copied, each with its id, its score and why."""
    blocks = ["Suggested by faqbot. The customer has not seen this."]
    for number, (part, phrasing) in enumerate(suggestions, 1):
        why = f'score {part.score:.0f} of 100, closest to "{phrasing}"'
        blocks += [f"--- {number}. {part.title} [{part.intent}; {why}]", part.text.strip()]
        if part.closing:
            blocks.append(part.closing)
    return "\n\n".join(blocks)


def nothing_note(refused: str = "") -> str:
    """What an agent gets who asked what the bot does not answer."""
    if refused:
        return f"faqbot answers nobody on this. To a customer it would say:\n\n{refused}"
    return "faqbot holds nothing on this. Ask in other words, after @faqbot."


def danger_note(categories: Sequence[str], sent: str) -> str:
    """What agents read first where a customer may be in danger."""
    named = ", ".join(categories).replace("_", " ")
    told = (
        f"The customer was sent:\n\n{sent}"
        if sent
        else "The customer was sent NOTHING by faqbot because of this message."
    )
    return f"*** URGENT: possible {named}. Read the customer's last message now. ***\n\n{told}"
