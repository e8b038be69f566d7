from __future__ import annotations

import string
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.spelling import Speller, deletions, frequencies_of, slip_cost

VOCABULARY = {"parcel": 5, "delivery": 3, "refund": 4, "receipt": 2, "opening": 6, "return": 7, "voucher": 1}
LETTERS = st.sampled_from(string.ascii_lowercase)


def read_as(typed: str, vocabulary: Mapping[str, int] = VOCABULARY) -> str | None:
    found = Speller(vocabulary).correct(typed)
    return found[0] if found else None


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A word of the vocabulary, and the same with one slip of the fingers."""
    word = draw(st.sampled_from(sorted(VOCABULARY)))
    at, letter = draw(st.integers(0, len(word) - 2)), draw(LETTERS)
    head, here, there, tail = word[:at], word[at], word[at + 1], word[at + 2 :]
    wrong = (head + there + here + tail, head + there + tail, head + letter + there + tail, head + letter + word[at:])
    return word, draw(st.sampled_from(wrong))


@given(slips())
def test_one_slip_in_a_word_is_mended(slip: tuple[str, str]) -> None:
    word, typed = slip
    assume(typed not in VOCABULARY)

    assert read_as(typed) == word


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("pracel", "parcel"), ("parcl", "parcel"), ("parccel", "parcel"), ("parvel", "parcel"), ("reciept", "receipt")],
)
def test_letters_swapped_left_out_doubled_or_beside_are_read_as_meant(typed: str, meant: str) -> None:
    assert read_as(typed) == meant


@pytest.mark.parametrize("word", VOCABULARY)
def test_a_known_word_stands_for_itself(word: str) -> None:
    assert Speller(VOCABULARY).correct(word) == (word, 1.0)


@pytest.mark.parametrize("typed", ["", "p", "pa", "zebra", "xxxxxxxx", "parcel1", "par-cel", "2024", "prefunding"])
def test_what_is_short_numbered_or_far_from_every_word_is_left_alone(typed: str) -> None:
    assert read_as(typed) is None


def test_the_commoner_of_two_equally_likely_words_is_meant() -> None:
    assert read_as("carq", {"cart": 9, "card": 1}) == "cart"
    assert read_as("carq", {"cart": 1, "card": 9}) == "card"


def test_the_likelier_slip_is_meant_where_words_are_equally_common() -> None:
    assert read_as("carf", {"cart": 1, "card": 1, "carp": 1}) in ("cart", "card")
    assert read_as("fromt", {"front": 1, "frost": 1}) == "front"


def test_ties_go_to_the_alphabet() -> None:
    assert read_as("carq", {"cart": 1, "card": 1}) == "card"


@given(st.permutations(["cart", "card", "care", "scar", "carton"]), st.text(LETTERS, min_size=3, max_size=6))
def test_the_order_of_the_words_does_not_count(order: Sequence[str], typed: str) -> None:
    assert read_as(typed, dict.fromkeys(order, 1)) == read_as(typed, dict.fromkeys(sorted(order), 1))


@given(st.text() | st.text(LETTERS, max_size=12))
def test_any_text_is_read_as_a_known_word_or_left_alone(typed: str) -> None:
    found = Speller(VOCABULARY).correct(typed)

    assert found is None or (found[0] in VOCABULARY and 0 < found[1] <= 1)


@given(st.lists(st.text(LETTERS, min_size=3, max_size=8), max_size=12))
def test_asking_before_changes_no_answer(asked: list[str]) -> None:
    speller = Speller(VOCABULARY)
    first = [speller.correct(typed) for typed in asked]

    assert [speller.correct(typed) for typed in reversed(asked)] == first[::-1]


def test_nothing_known_mends_nothing() -> None:
    assert read_as("parcel", {}) is None


def test_deletions_leave_each_letter_out_once() -> None:
    assert deletions("too") == {"oo", "to"}


def test_the_further_a_slip_the_more_it_costs() -> None:
    swapped, beside, across = (slip_cost(typed, "parcel") for typed in ("pracel", "parvel", "parpel"))

    assert swapped < beside < across < slip_cost("prxcle", "parcel")


def test_frequencies_count_every_word_of_every_text() -> None:
    assert frequencies_of([("a", "b", "a"), ("b", "c")]) == {"a": 2, "b": 2, "c": 1}
