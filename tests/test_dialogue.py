from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import Act, Context, act_of, picked, pieces, says_goodbye, says_no, shown, takes_back
from bot.dialogue.context import FORGOTTEN, REMEMBERED, VERSION
from bot.knowledge.values import NONE_OF_THESE

IDS = st.lists(st.text(max_size=8), max_size=4).map(tuple)
CONTEXTS = st.builds(
    Context, intents=IDS, entities=IDS, choices=IDS, told=IDS, frame=st.text(max_size=8), flag=st.text(max_size=8),
    idle=st.integers(0, 9), declines=st.integers(0, 9),
    refusals=IDS, alarm=IDS, region=st.sampled_from(["", "UK", "US"]),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
OFFERED = Context(choices=("hours", "returns", "delivery"))


@given(CONTEXTS)
def test_a_context_survives_json(context: Context) -> None:
    assert Context.from_dict(json.loads(json.dumps(context.to_dict()))) == context


@given(JSON)
def test_anything_else_is_dropped(rubbish: Any) -> None:
    assert Context.from_dict(rubbish) == Context()


@given(CONTEXTS, st.sampled_from(sorted(Context().to_dict())), JSON)
def test_one_wrong_value_drops_all_of_it_or_is_a_right_one(context: Context, field: str, value: Any) -> None:
    found = Context.from_dict({**context.to_dict(), field: value})

    assert found in (Context(), Context.from_dict(json.loads(json.dumps(found.to_dict()))))
    assert found == Context() or found.to_dict()[field] == value


@pytest.mark.parametrize(
    "wrong",
    [
        {"intents": "hours"},
        {"choices": ["hours", 7]},
        {"choices": {"1": "hours"}},
        {"told": None},
        {"flag": ["overdose_emergency"]},
        {"refusals": "2"},
        {"refusals": True},
        {"refusals": 1.0},
        {"region": None},
        {"version": VERSION + 1},
        {"version": str(VERSION)},
        {"version": True},
        {"version": None},
    ],
    ids=str,
)
def test_a_value_of_another_type_or_version_makes_a_fresh_start(wrong: dict[str, Any]) -> None:
    assert Context.from_dict({**OFFERED.to_dict(), **wrong}) == Context()


def test_what_is_missing_stands_as_in_a_fresh_context_and_what_is_unknown_is_ignored() -> None:
    assert Context.from_dict({"version": VERSION, "choices": ["hours"], "mood": 3}) == Context(choices=("hours",))


def test_a_context_without_a_version_is_dropped() -> None:
    assert Context.from_dict({"choices": ["hours"]}) == Context()


def test_told_intents_are_kept_once_in_the_order_of_their_telling() -> None:
    assert Context(told=("a", "b")).remembering(("c", "a")) == ("a", "b", "c")


def test_the_oldest_are_forgotten_first_so_that_a_context_stays_small() -> None:
    told = tuple(map(str, range(REMEMBERED + 3)))

    assert Context(told=told[:-1]).remembering(told[-1:]) == told[-REMEMBERED:]


@pytest.mark.parametrize(
    "message",
    [
        "2",
        " 2 ",
        "2.",
        "2)",
        "02",
        "2\n",
        "#2",
        "two",
        "the second one",
        "number two please",
        "2nd",
        "option 2",
        "２",
        "②",
    ],
)
def test_a_number_or_an_ordinal_picks_what_was_offered(message: str) -> None:
    assert picked(message, OFFERED) == ("returns",)


@pytest.mark.parametrize(
    ("message", "picks"),
    [
        ("last", ("delivery",)),
        ("the last one please", ("delivery",)),
        ("first", ("hours",)),
        ("both", ("hours", "returns")),
        ("1 and 3", ("hours", "delivery")),
        ("all of them", ("hours", "returns", "delivery")),
    ],
)
def test_picks_may_be_words(message: str, picks: tuple[str, ...]) -> None:
    assert picked(message, OFFERED) == picks


def test_yes_picks_a_single_offer_and_no_turns_a_question_back_down() -> None:
    assert picked("yes please", Context(choices=("hours",))) == ("hours",)
    assert picked("yes", OFFERED) == ()
    assert picked("none of these", Context(choices=("hours", NONE_OF_THESE))) == (NONE_OF_THESE,)
    assert says_no("no thanks")
    assert not says_no("no idea what ketamine is")


@pytest.mark.parametrize("message", ["the second world war", "one question: is it open", "last week I sent it back"])
def test_a_sentence_with_a_number_word_is_no_pick(message: str) -> None:
    assert picked(message, OFFERED) == ()


@pytest.mark.parametrize(
    ("message", "act"),
    [
        ("tell me more", Act.MORE),
        ("can you explain that in more detail please", Act.MORE),
        ("why?", Act.MORE),
        ("say that again", Act.AGAIN),
        ("could you repeat that", Act.AGAIN),
        ("sorry, I didn't quite catch that", Act.AGAIN),
        ("could you repeat that in fewer words", Act.SHORTER),
        ("please do not repeat that", None),
        ("is there a catch?", None),
        ("thanks for the explanation", None),
        ("ok thanks a lot for the explanation", None),
        ("thanks for that, tell me more", Act.MORE),
        ("in simple words please", Act.SHORTER),
        ("tl;dr", None),
        ("what are your sources?", Act.SOURCES),
        ("says who?", Act.SOURCES),
        ("are you sure about that", Act.SURE),
        ("I want to talk to a real person", Act.PERSON),
        ("how do I return it", None),
        ("tell me more about delivery", None),
        ("", None),
    ],
)
def test_what_a_message_wants_of_the_last_reply(message: str, act: Act | None) -> None:
    assert act_of(message) is act


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("what is it and how does it work?", ["what is it", "how does it work?"]),
        ("ketamine and opioids, what's the difference", ["ketamine and opioids, what's the difference"]),
        ("is it tea or is it coffee", ["is it tea or is it coffee"]),
        ("1. what is it\n2) is it legal", ["what is it", "is it legal"]),
        ("when do you open? and also do you sell tea", ["when do you open?", "and also do you sell tea"]),
        ("is it a tea and does not taste of it", ["is it a tea and does not taste of it"]),
        ("does it hurt memory and mood", ["does it hurt memory and mood"]),
        ("  ", []),
    ],
)
def test_a_message_is_cut_where_another_question_begins(message: str, parts: list[str]) -> None:
    assert [piece.text for piece in pieces(message)] == parts


@given(st.text())
def test_pieces_lose_no_word(message: str) -> None:
    said = "".join(piece.text for piece in pieces(message))

    assert sum(map(str.isalpha, said)) <= sum(map(str.isalpha, message))


@given(st.text())
def test_what_is_repeated_of_a_message_is_no_markup(message: str) -> None:
    assert not set("<>*_[]`&|#\\") & set(shown(message))


def test_a_topic_is_forgotten_after_some_turns_and_a_flag_never() -> None:
    context = Context(intents=("hours",), choices=("returns",), frame="opening hours", flag="suicide_crisis")
    for _ in range(FORGOTTEN):
        context = context.aged()
    assert context.intents == ("hours",)

    context = context.aged()
    assert context == Context(flag="suicide_crisis")


@pytest.mark.parametrize(
    "message",
    ["", "0", "4", "1 9", "2?x", "9" * 5000, ".", "\ud800"],
)
def test_anything_but_the_number_of_a_choice_picks_nothing(message: str) -> None:
    assert picked(message, OFFERED) == ()


def test_where_nothing_was_offered_a_number_picks_nothing() -> None:
    assert picked("1", Context()) == ()


@given(st.text(), CONTEXTS)
def test_a_pick_is_one_of_the_choices_or_nothing(message: str, context: Context) -> None:
    assert set(picked(message, context)) <= set(context.choices)


@pytest.mark.parametrize(
    "message", ["I'm ok", "just kidding", "forget it", "nvm", "it was only a joke lol", "I am safe now"]
)
def test_playing_down_is_taken_for_that(message: str) -> None:
    assert takes_back(message)


@pytest.mark.parametrize(
    "message", ["I'm not ok", "is it ok?", "are you ok", "joking aside, I want to die", "sorry", ""]
)
def test_nothing_else_is_playing_down(message: str) -> None:
    assert not takes_back(message)


@pytest.mark.parametrize(
    ("message", "leaves"), [("thanks, bye", True), ("good night", True), ("bye bye baby blues", False)]
)
def test_taking_leave_is_nothing_but_that(message: str, leaves: bool) -> None:
    assert says_goodbye(message) is leaves
