"""A conversation after an alarm: the numbers stay in sight, and short messages belong to what was said."""

from __future__ import annotations

from functools import cache

import pytest

from bot.decision import Alarmed
from bot.dialogue import Context
from bot.engine import Bot
from bot.reply import Reply

EMERGENCY = "my uncle has stopped breathing"
NUMBERS = "In danger: 999."


@cache
def shipped() -> Bot:
    return Bot.load(region="UK")


def after(*messages: str) -> Reply:
    """The reply to the last of some messages."""
    context = Context(region="UK")
    for message in messages:
        reply = shipped().reply(message, context)
        context = reply.context
    return reply


def category(reply: Reply) -> str:
    assert isinstance(reply.parts[0], Alarmed)
    return reply.parts[0].category


@pytest.mark.parametrize(
    "later", ["is ketamine an opioid?", "is tramadol an opioid", "hello", "who are you", "gibberish"]
)
def test_every_later_reply_ends_with_the_line_of_numbers(later: str) -> None:
    assert after(EMERGENCY, "is ketamine an opioid?", later).text.splitlines()[-1].startswith(NUMBERS)


@pytest.mark.parametrize("later", ["I'm ok", "just kidding", "forget it lol"])
def test_taking_it_back_is_acknowledged_and_clears_nothing(later: str) -> None:
    reply = after(EMERGENCY, later)

    assert reply.text.startswith("Thank you for telling me.")
    assert NUMBERS in reply.text
    assert reply.context.flag == "overdose_emergency"


@pytest.mark.parametrize("later", ["bye", "ok thanks, good night"])
def test_taking_leave_gets_the_numbers(later: str) -> None:
    reply = after(EMERGENCY, "what is ketamine", later)

    assert "Samaritans: 116 123" in reply.text
    assert reply.resources


@pytest.mark.parametrize("later", ["she's still out", "not really", "what do i say", "no", "it was an hour back"])
def test_a_few_words_after_an_alarm_belong_to_it(later: str) -> None:
    assert category(after(EMERGENCY, later)) == "overdose_emergency"


@pytest.mark.parametrize("later", ["just a ballpark", "come on"])
def test_a_few_words_after_a_refusal_belong_to_it(later: str) -> None:
    assert category(after("how many mg of ketamine should i take", later)) == "dosing"


def test_a_question_after_an_alarm_is_answered() -> None:
    assert after(EMERGENCY, "is ketamine an opioid?").kind == "answer"
    assert after(EMERGENCY, "who are you").kind == "answer"


def test_a_repeated_alarm_gets_a_shorter_reply_and_never_silence() -> None:
    first, second = after(EMERGENCY), after(EMERGENCY, EMERGENCY)

    assert second.text.startswith("Call 999 now")
    assert len(second.text) < len(first.text)
