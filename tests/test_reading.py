from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import Entity, KnowledgeBase, Lexicon
from bot.matching import CONCEPT, ENTITY, Reader, Reading
from bot.matching.reading import LONGEST_MESSAGE, common_words
from bot.text import stem

ANIMALS = Lexicon(
    entities={
        "cats": Entity("cats", "cats", "animal", ("cats", "kitty", "moggy")),
        "wild_cats": Entity("wild_cats", "wild cats", "animal", ("wild cats", "big cats")),
        "terrapins": Entity("terrapins", "terrapins", "animal", ("terrapins", "sea terrapins"), covered=False),
    },
    synonyms=(("vaccine", "jab", "flu shot"), ("price", "what it costs")),
    slips={"moneys": "money", "atm": "cash machine"},
)
PHRASINGS = {
    "feeding": ["what do cats eat", "breakfast for a moggy"],
    "health": ["does my cat need a vaccine", "insurance paperwork"],
    "prices": ["price of a checkup", "cash machine for money"],
}
READER = Reader(KnowledgeBase.from_mapping(PHRASINGS, ANIMALS))
ANY_TEXT = st.text(st.characters(exclude_categories=[]))  # lone surrogates and unassigned code points included


def read(message: str) -> Reading:
    return READER.read(message)


@pytest.mark.parametrize(
    ("message", "things"),
    [
        ("is a kitty clever", ("cats",)),
        ("Cats, cat and KITTY!", ("cats",)),
        ("terrapins or cats", ("terrapins", "cats")),
        ("a big cat", ("wild_cats",)),
        ("the cat is big", ("cats",)),
        ("is it clever", ()),
    ],
)
def test_things_are_named_by_their_aliases_the_longest_first(message: str, things: tuple[str, ...]) -> None:
    assert read(message).entities == things


def test_a_name_of_several_words_is_one_token() -> None:
    token = read("my big cats sleep").tokens[1]

    assert (token.typed, token.key, token.entity) == ("big cats", ENTITY + "wild_cats", "wild_cats")


@pytest.mark.parametrize("message", ["jab", "flu shots", "vaccines", "a vaccine"])
def test_synonyms_share_a_key(message: str) -> None:
    assert CONCEPT + "vaccine" in read(message).keys


def test_a_misspelt_word_is_read_as_the_known_one_and_the_reading_says_so() -> None:
    reading = read("which paperwrok")

    assert reading.corrections == {"paperwrok": "paperwork"}
    assert stem("paperwork") in reading.keys


def test_a_misspelt_name_is_read_as_the_thing() -> None:
    assert read("terapins").entities == ("terrapins",)


def test_a_short_word_that_is_merely_like_a_name_is_no_name() -> None:
    assert read("catz").entities == ()


@pytest.mark.parametrize("word", ["hat", "cast", "pride", "mat", "king"])
def test_an_english_word_is_never_taken_for_a_slip(word: str) -> None:
    assert stem(word) in common_words()
    assert read(word).corrections == {}


def test_words_run_together_are_read_apart() -> None:
    assert [token.word for token in read("insurancepaperwork").tokens] == ["insurance", "paperwork"]


def test_slips_that_the_lexicon_lists_are_read_as_it_says() -> None:
    assert [token.word for token in read("moneys from an ATM").tokens] == ["money", "from", "an", "cash", "machine"]


@pytest.mark.parametrize(
    ("word", "known", "english"), [("insurance", True, True), ("piano", False, True), ("zxqvvk", False, False)]
)
def test_a_word_says_whether_the_base_and_whether_english_has_it(word: str, known: bool, english: bool) -> None:
    (token,) = read(word).tokens

    assert (token.known, token.english) == (known, english)


def test_grammar_is_told_from_matter() -> None:
    assert [token.typed for token in read("does the kitty not eat").tokens if token.content] == ["kitty", "not", "eat"]


def test_a_very_long_message_is_read_by_its_first_words() -> None:
    assert read("cats " * 10 * LONGEST_MESSAGE) == read("cats " * LONGEST_MESSAGE)
    assert read("cats " * LONGEST_MESSAGE + "terrapins").entities == ("cats",)


@given(ANY_TEXT | st.text(st.sampled_from("catsmogy iprn'’-\u200b\u202e\ufffd")))
def test_any_text_can_be_read(text: str) -> None:
    for token in read(text).tokens:
        assert token.typed
        assert token.key
        assert 0 < token.similarity <= 1


@given(st.lists(st.sampled_from(["kitty", "paperwrok", "moneys", "zxqvvk", "jab", "the"]), max_size=8))
def test_a_word_is_read_alike_wherever_it_stands(typed: list[str]) -> None:
    assert read(" ".join(typed)).tokens == tuple(token for word in typed for token in read(word).tokens)


def test_a_base_without_words_reads_every_word_as_it_is() -> None:
    reading = Reader(KnowledgeBase.from_mapping({})).read("zxqvvk pracel")

    assert [token.word for token in reading.tokens] == ["zxqvvk", "pracel"]
