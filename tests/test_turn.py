"""What is written down of a message and its reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.dialogue import Context
from bot.engine import Bot
from bot.knowledge.values import NONE_OF_THESE
from bot.record import Turn, turn_of
from tests.conftest import BuildContent

Said = Callable[..., Turn]


@pytest.fixture(scope="module")
def shipped() -> Bot:
    return Bot.load()


@pytest.fixture(scope="module")
def said(shipped: Bot) -> Said:
    def say(message: str, context: Context | None = None, *, refusals: bool = False) -> Turn:
        asked, reply = shipped.considered(message, context)
        return turn_of("t1", "web", message, reply, asked, milliseconds=1.23456, refusals=refusals)

    return say


def test_an_answer_is_kept_with_its_score_and_its_runner_up(said: Said) -> None:
    turn = said("is ketamin an opioid? my name is Ada")

    assert (turn.kind, turn.intents, turn.near) == ("answer", ("ketamine_is_opioid",), ())
    assert turn.text == "is ketamin an opioid? my name is [name]"
    assert len(turn.scores) == 1
    assert turn.scores[0] > 90
    assert turn.runner_up not in (None, "ketamine_is_opioid")
    assert turn.milliseconds == 1.235


def test_a_decline_is_kept_with_what_came_near_and_what_spoke_against_it(said: Said) -> None:
    turn = said("is tramadol an opioid")

    assert (turn.kind, turn.intents) == ("decline", ())
    assert "ketamine_is_opioid" in turn.near
    assert "uncovered" in " ".join(turn.gates)


def test_a_question_back_is_kept_with_what_was_offered(content: BuildContent) -> None:
    bot = Bot.load(content())
    asked, reply = bot.considered("holidays hours")

    turn = turn_of("t1", "web", "holidays hours", reply, asked)

    assert (turn.kind, set(turn.near)) == ("clarify", {"opening_hours", "holidays"})


def test_several_questions_have_a_score_each(said: Said) -> None:
    turn = said("is ketamine an opioid? is tramadol an opioid?")

    assert turn.kind == "decline"
    assert turn.intents == ("ketamine_is_opioid",)
    assert len(turn.scores) == 2
    assert turn.near


@pytest.mark.parametrize("alarm", ["i want to die", "she stopped breathing"])
def test_an_alarm_keeps_no_text(said: Said, alarm: str) -> None:
    turn = said(alarm, refusals=True)

    assert (turn.kind, turn.text) == ("safety", None)
    assert turn.rules
    assert turn.handover == turn.intents[0]


def test_nothing_that_follows_an_alarm_keeps_a_text(shipped: Bot, said: Said) -> None:
    flagged = shipped.reply("i want to die").context

    texts = [said(message, flagged).text for message in ("is ketamine an opioid?", "i'm ok", "numbers", "bye")]

    assert texts == [None] * 4


def test_a_message_that_may_be_distress_keeps_no_text(shipped: Bot) -> None:
    asked, reply = shipped.considered("do you sell bicycles")
    worried = replace(reply, resources=shipped.reply("numbers").resources)

    assert turn_of("t1", "web", "do you sell bicycles", reply, asked).text == "do you sell bicycles"
    assert turn_of("t1", "web", "do you sell bicycles", worried, asked).text is None


def test_a_refusal_keeps_its_text_only_where_the_operator_wants_it(said: Said) -> None:
    question = "how many mg should i take, mail jo@example.org"

    assert (said(question).kind, said(question).intents, said(question).text) == ("safety", ("dosing",), None)
    assert said(question, refusals=True).text == "how many mg should i take, mail [e-mail]"


def test_a_choice_that_was_picked_has_no_score(shipped: Bot) -> None:
    for picked in ("ketamine_is_opioid", NONE_OF_THESE):
        turn = turn_of("t1", "web", "", shipped.tell(picked))

        assert (turn.text, turn.scores, turn.near, turn.runner_up) == ("", (), (), None)
