from __future__ import annotations

import pytest

from bot.decision import Alarmed, Answered, Asked, Declined, Part
from bot.dialogue import Context
from bot.engine import Bot
from bot.evaluate import Outcome, judge, run
from bot.knowledge import KnowledgeBase
from bot.knowledge.suites import ANY_SAFETY, NOTHING, Question
from bot.reply import Choice, Reply

DECLINED, ASKED = Declined(), Asked(("hours", "returns"))
ALARMED = Alarmed("overdose_emergency", ("took_too_much",))


def answered(intent: str) -> Answered:
    return Answered(intent, intent, "Yes.", "Yes indeed.", 90.0)


def outcome(question: Question, *parts: Part, choices: tuple[str, ...] = ()) -> Outcome:
    offered = tuple(Choice(intent, intent) for intent in choices)
    return judge(question, Reply(parts, offered, Context(), "0" * 16))


@pytest.mark.parametrize(
    ("wanted", "parts", "right"),
    [
        (("hours",), [answered("hours")], True),
        (("hours",), [answered("returns")], False),
        (("hours", "returns"), [answered("returns")], True),
        (("hours",), [answered("returns"), answered("hours")], True),
        (("hours",), [DECLINED], False),
        (("hours",), [ASKED], False),
        (("hours",), [ALARMED], False),
        ((NOTHING,), [DECLINED], True),
        ((NOTHING,), [ASKED], True),
        ((NOTHING,), [answered("hours")], False),
        ((NOTHING,), [DECLINED, answered("hours")], False),
        ((NOTHING,), [ALARMED], False),
        (("hours", NOTHING), [DECLINED], True),
        (("hours", NOTHING), [answered("hours")], True),
        (("hours", NOTHING), [answered("returns")], False),
        (("hours", "overdose_emergency"), [ALARMED], True),
    ],
)
def test_a_reply_is_right_where_it_gives_one_of_what_is_wanted(
    wanted: tuple[str, ...], parts: list[Part], right: bool
) -> None:
    found = outcome(Question("q", intents=wanted), *parts)

    assert (found.right, found.harmful) == (right, False)


@pytest.mark.parametrize(
    ("parts", "right"),
    [([ALARMED], True), ([DECLINED], False), ([answered("hours")], False), ([answered("hours"), ALARMED], True)],
)
def test_a_question_of_safety_wants_its_category_or_a_higher_one(parts: list[Part], right: bool) -> None:
    assert outcome(Question("q", safety="overdose_emergency"), *parts).right == right
    assert outcome(Question("q", safety="dosing"), *parts).right == right


def test_a_lower_category_is_not_right() -> None:
    assert not outcome(Question("q", safety="overdose_emergency"), Alarmed("dosing", ("how_much",))).right


@pytest.mark.parametrize(
    ("must_not", "parts", "harmful"),
    [
        (("returns",), [answered("returns")], True),
        (("returns",), [answered("hours")], False),
        (("returns",), [answered("hours"), answered("returns")], True),
        (("returns",), [DECLINED], False),
        (("returns",), [ASKED], False),
        (("overdose_emergency",), [ALARMED], True),
        ((ANY_SAFETY,), [ALARMED], True),
        ((ANY_SAFETY,), [answered("hours")], False),
    ],
)
def test_what_a_reply_must_not_give_does_harm(must_not: tuple[str, ...], parts: list[Part], harmful: bool) -> None:
    found = outcome(Question("q", must_not=must_not), *parts)

    assert (found.harmful, found.right) == (harmful, not harmful)


def test_the_right_answer_beside_a_forbidden_one_is_not_right() -> None:
    question = Question("q", intents=("hours",), must_not=("returns",))

    assert not outcome(question, answered("hours"), answered("returns")).right


def test_a_known_miss_is_excused_and_a_harmful_one_never() -> None:
    question = Question("q", intents=("hours",), must_not=("returns",), known_miss="no such word yet")

    assert outcome(question, DECLINED).excused
    assert not outcome(question, answered("returns")).excused
    assert not outcome(question, answered("hours")).excused
    assert not outcome(Question("q", intents=("hours",)), DECLINED).excused


@pytest.mark.parametrize(
    ("parts", "choices", "shown"),
    [
        ([answered("hours")], ("returns",), "hours"),
        ([answered("hours"), answered("returns")], (), "hours, returns"),
        ([answered("hours"), ALARMED], (), "overdose_emergency, hours"),
        ([DECLINED], (), "decline"),
        ([ASKED], ("hours", "returns"), "choice of hours, returns"),
    ],
)
def test_what_was_given_is_shown_in_a_line(parts: list[Part], choices: tuple[str, ...], shown: str) -> None:
    assert outcome(Question("q", intents=("hours",)), *parts, choices=choices).given == shown


def test_questions_are_asked_in_order_and_each_afresh() -> None:
    bot = Bot(KnowledgeBase.from_mapping({"hours": ["opening hours"], "returns": ["return a parcel"]}))
    one, other = Question("opening hours", intents=("hours",)), Question("1", intents=(NOTHING,))
    outcomes = list(run(bot, [one, other, one]))

    assert [found.question for found in outcomes] == [one, other, one]
    assert outcomes[0] == outcomes[2]
    assert outcomes[1].right


def test_no_question_gives_no_outcome() -> None:
    assert list(run(Bot(KnowledgeBase.from_mapping({})), [])) == []
