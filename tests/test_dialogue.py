from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import REMEMBERED, VERSION, Context, picked, says_goodbye, takes_back

IDS = st.lists(st.text(max_size=8), max_size=4).map(tuple)
CONTEXTS = st.builds(
    Context, intents=IDS, entities=IDS, choices=IDS, told=IDS, flag=st.text(max_size=8),
    refusals=st.integers(0, 9), region=st.sampled_from(["", "UK", "US"]),
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


@pytest.mark.parametrize("message", ["2", " 2 ", "2.", "2)", "02", "2\n"])
def test_a_number_picks_what_was_offered(message: str) -> None:
    assert picked(message, OFFERED) == "returns"


@pytest.mark.parametrize(
    "message",
    ["", "0", "4", "-1", "+1", "1.5", "1 2", "1,2", "²", "２", "①", "٢", "two", "#2", "2?x", "9" * 5000, ".", "\ud800"],
)
def test_anything_but_the_number_of_a_choice_picks_nothing(message: str) -> None:
    assert picked(message, OFFERED) == ""


def test_where_nothing_was_offered_a_number_picks_nothing() -> None:
    assert picked("1", Context()) == ""


@given(st.text(), CONTEXTS)
def test_a_pick_is_one_of_the_choices_or_nothing(message: str, context: Context) -> None:
    assert picked(message, context) in ("", *context.choices)


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
