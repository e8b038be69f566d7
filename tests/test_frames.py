"""What stands around a question and says nothing of its matter; and questions that follow each other without a stop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import run_on, unframed
from bot.text import words


@pytest.mark.parametrize(
    ("message", "bare"),
    [
        ("is it an opioid, my friend?", "is it an opioid?"),
        ("what is tea love", "what is tea"),
        ("thank you very much sir", "thank you very much"),
        ("doctor, what is it", "what is it"),
        ("is tea, my dear, a drink", "is tea, a drink"),
        ("my aunt says tea keeps you awake, is that true?", "tea keeps you awake?"),
        ("I have been told that tea is a drug. Is it true?", "tea is a drug?"),
        ("they say tea is a drug", "tea is a drug"),
        ("is it true that tea is a drug", "tea is a drug"),
        ("tea is a drug, right?", "tea is a drug?"),
        ("is tea a drug yes or no", "is tea a drug"),
        ("one more question: is tea a drug", "is tea a drug"),
        ("lol is tea really a drug haha", "is tea really a drug"),
        ("hmm, I'd rather have a person", "i'd rather have a person"),
        ("hmm, my aunt says tea keeps you awake", "tea keeps you awake"),
        ("no, I meant coffee and such", "no, i meant coffee"),
        ("what is tea, in plain words?", "what is tea?"),
        ("explain tea to a 14 year old", "explain tea"),
        ("how would you describe tea to a teenager who has never heard of it", "how would you describe tea"),
        ("describe for a lay reader what tea is", "describe what tea is"),
        ("explain like I'm five how tea works", "explain how tea works"),
    ],
)
def test_a_frame_is_taken_off(message: str, bare: str) -> None:
    assert unframed(message) == bare


@pytest.mark.parametrize(
    "message",
    [
        "can i talk to a doctor", "is it for my friend", "are you a robot", "do you love", "is that true?", "mate",
        "what do people say about tea", "I said tea", "is tea quick", "who told you that", "", "x" * 9999,
        "explain the risks of tea for a child", "what does tea do to a child", "describe what happens to a child",
        "tell me the risks of tea to an unborn child", "explain the switch to a 10 mg dose", "should I go to the ER",
        "describe why tea makes me feel like I'm a child", "tell me about giving tea to my grandmother",
        "is tea good for a child", "tell my mother", "explain like I'm five", "in plain words",
    ],
)  # fmt: skip
def test_where_nothing_stands_around_it_a_text_is_left_alone(message: str) -> None:
    assert unframed(message) == ""


@given(st.text())
def test_a_frame_is_taken_off_without_adding_a_word(message: str) -> None:
    assert set(words(unframed(message))) <= set(words(message))


@pytest.mark.parametrize(
    ("message", "clauses"),
    [
        ("what is tea how is it made", ["what is tea", "how is it made"]),
        ("does tea hurt teeth can it keep me awake", ["does tea hurt teeth", "can it keep me awake"]),
        ("how long does it take", ["how long does it take"]),
        ("what happens to tea if it is cold", ["what happens to tea if it is cold"]),
        ("can you tell me is it hot", ["can you tell me is it hot"]),
        ("does tea change how water is classified", ["does tea change how water is classified"]),
        ("does it taste bitter when water is hot", ["does it taste bitter when water is hot"]),
        ("what is tea how safe is it", ["what is tea", "how safe is it"]),
        ("what is tea which herbs are in it", ["what is tea", "which herbs are in it"]),
        ("tea", ["tea"]),
        ("", [""]),
    ],
)
def test_question_after_question_is_cut_only_where_a_whole_one_stands_before(message: str, clauses: list[str]) -> None:
    assert run_on(message) == clauses


@given(st.text())
def test_cutting_keeps_every_word(message: str) -> None:
    assert " ".join(run_on(message)).split() == message.split()
