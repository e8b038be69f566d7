from __future__ import annotations

import unicodedata
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import (
    FUNCTION_WORDS,
    LONGEST_WORD,
    content_stems,
    latin_share,
    normalise,
    pairs,
    sentences,
    stem,
    stems,
    tokens,
    words,
)

ANY_TEXT = st.text(st.characters(exclude_categories=[]))  # lone surrogates and unassigned code points included
MARKS = "\u200b\u200d\u2060\ufeff\u202e\u2067\u00ad"  # zero-width, bidirectional, soft hyphen
AWKWARD = st.text(st.sampled_from("aAbz 019'’`&/<>@:|_-.!?\n\t\u0301\u0130ßﬁ™😱🏽👍é" + MARKS))


@given(ANY_TEXT | AWKWARD)
def test_any_text_can_be_read(text: str) -> None:
    normalise(text), words(text), stems(text), content_stems(text), sentences(text), latin_share(text)


@given(ANY_TEXT | AWKWARD)
def test_normalised_text_has_no_capitals_controls_or_double_blanks(text: str) -> None:
    plain = normalise(text)

    assert plain == plain.strip()
    assert plain == plain.lower()
    assert "  " not in plain
    assert not [c for c in plain if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") and c not in "\r\n"]


@given(st.text(st.characters(max_codepoint=0x24F, exclude_characters="<>:")))
def test_normalising_latin_text_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(ANY_TEXT | AWKWARD)
def test_words_are_bounded_and_hold_letters_or_digits_only(text: str) -> None:
    for word in words(text):
        assert word
        assert len(word) <= LONGEST_WORD
        assert word.isalnum()


@given(ANY_TEXT | AWKWARD)
def test_sentences_hold_every_visible_character_in_order(text: str) -> None:
    found = sentences(text)

    assert all(piece and piece == piece.strip() for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(st.lists(st.sampled_from(["can't", "what's", "ketamine", "u", "40mg", "isn't", "w/o"]), max_size=8))
def test_words_read_again_are_the_same_words(typed: list[str]) -> None:
    once = words(" ".join(typed))

    assert words(" ".join(once)) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I can’t", "i can't"),
        ("I can`t", "i can't"),
        ("ＫＥＴＡＭＩＮＥ", "ketamine"),
        ("ket\u200bam\u202eine", "ketamine"),
        ("k\u00adet", "ket"),
        ("ca\u0301fe", "cáfe"),
        ("sooooooo", "soo"),
        ("is   it\u00a0so", "is it so"),
        ("<@U123|ann> hi <https://a.example|this>", "ann hi this"),
        ("<@U123> hi", "hi"),
        (":thumbs_up: yes", "thumbs up yes"),
        ("👍🏽", "thumbs up sign"),
        ("is it\x00\x07 so", "is it so"),
    ],
)
def test_what_looks_the_same_is_spelt_the_same(one: str, other: str) -> None:
    assert normalise(one) == other


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("what's", "what is"),
        ("cant dont isnt", "can not do not is not"),
        ("i couldn't've", "i could not have"),
        ("ketamine's risks", "ketamine risks"),
        ("they're here, he'll go, i'd say", "they are here he will go i would say"),
        ("40mg", "40 mg"),
        ("r u ok w/o it", "are you ok without it"),
        ("you & me w/ them", "you and me with them"),
        ("half-life", "half life"),
        ("snake_case", "snake case"),
    ],
)
def test_short_forms_are_written_out(typed: str, meant: str) -> None:
    assert words(typed) == tuple(meant.split())


def test_numbers_and_years_stay_whole() -> None:
    assert words("in 1970, 3 times") == ("in", "1970", "3", "times")


@pytest.mark.parametrize(
    ("typed", "read"), [("dеаd", "dead"), ("ѕuiсide", "suicide"), ("нет", "нет"), ("a и b", "a и b")]
)
def test_letters_of_other_scripts_in_a_latin_word_are_read_as_latin(typed: str, read: str) -> None:
    assert normalise(typed) == read


def test_a_key_held_down_is_cut() -> None:
    assert words("ab" * 500) == (("ab" * 500)[:LONGEST_WORD],)


@pytest.mark.parametrize("text", ["", "   ", "?!…", "\u200b\u200d", "\ufe0f", "''''", "\x00\x01"])
def test_nothing_but_signs_is_no_word(text: str) -> None:
    assert words(text) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two? Three!", ("One.", "Two?", "Three!")),
        ("what is it?is it bad", ("what is it?", "is it bad")),
        ("a line\nanother\r\n\r\nthird", ("a line", "another", "third")),
        ("0.5 mg is one sentence", ("0.5 mg is one sentence",)),
        (" \n ", ()),
    ],
)
def test_sentences_end_at_stops_and_line_ends(text: str, found: tuple[str, ...]) -> None:
    assert sentences(text) == found


def test_inflected_words_share_a_stem() -> None:
    assert stem("opioids") == stem("opioid")
    assert stems("addictive addiction addicted") == (stem("addict"),) * 3


def test_content_stems_leave_grammar_out_and_negation_in() -> None:
    assert content_stems("is it not an opioid?") == ("not", stem("opioid"))
    assert not {"not", "no", "never", "without"} & FUNCTION_WORDS


def test_pairs_mark_both_ends() -> None:
    assert list(pairs(("a", "b"))) == [("", "a"), ("a", "b"), ("b", "")]


@pytest.mark.parametrize(
    ("text", "share"), [("", 1.0), ("123 ?!", 1.0), ("привет", 0.0), ("naïve", 1.0), ("ab яю", 0.5)]
)
def test_latin_share_counts_letters_only(text: str, share: float) -> None:
    assert latin_share(text) == share


@pytest.mark.parametrize(
    "unit", ["a", "a ", "'", "<", "<@", ":a", "e\u0301", "\u0301", "\u200b", "😱", "don't ", "ﷺ", "<https:", "?a", "\n"]
)
def test_a_message_of_100_000_characters_is_read_in_bounded_time(unit: str) -> None:
    message = (unit * 100_000)[:100_000]
    start = perf_counter()
    words(message), sentences(message), latin_share(message)

    assert perf_counter() - start < 20  # seconds, on a busy machine; a quadratic step takes minutes


def test_tokens_of_normalised_text_are_its_words() -> None:
    assert tokens(normalise("Isn't it?")) == words("Isn't it?") == ("is", "not", "it")
