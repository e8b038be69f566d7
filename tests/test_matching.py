from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine import Bot
from bot.knowledge import KnowledgeBase
from bot.matching import Candidate, Contribution, Matcher, Reader, phrasings_of
from bot.text import FUNCTION_WORDS
from tests.conftest import BuildKB

SHOP: Mapping[str, tuple[str, ...]] = {
    "opening_hours": ("when do you open", "opening hours on sunday", "are you open late"),
    "returns": ("how do i return a parcel", "send my order back", "can i get a refund"),
    "delivery": ("when does my parcel come", "how long is delivery", "track my order"),
    "payment": ("which cards can i pay with", "pay by card or cash", "do you take cash"),
    "gift_cards": ("do you sell gift cards", "gift card for a friend"),
    "parking": ("where can i park my car", "is parking free on sunday"),
}
WORDS = sorted({word for phrasings in SHOP.values() for phrase in phrasings for word in phrase.split()})
MESSAGES = st.lists(st.sampled_from([*WORDS, "zebra", "parcle", "not"]), max_size=8).map(" ".join)
INTENTS = st.permutations(list(SHOP))
SHOP_BOT = Bot(KnowledgeBase.from_mapping(SHOP))


def ranked(bot: Bot, message: str, limit: int = 10) -> list[tuple[str, float]]:
    return [(match.intent, match.score) for match in bot.rank(message, limit)]


def evidence(kb: KnowledgeBase, message: str) -> list[tuple[Candidate, list[Contribution]]]:
    """Every candidate for a message, with what each of its words added."""
    reader = Reader(kb)
    read = {i: [reader.read(phrasing) for phrasing in phrasings_of(intent)] for i, intent in kb.intents.items()}
    matcher = Matcher(kb, read, dict.fromkeys(kb.intents, ()))
    query = matcher.query(reader.read(message))
    found = matcher.candidates(query, len(kb.intents))
    return [(candidate, matcher.contributions(query, candidate.intent)) for candidate in found]


@pytest.mark.parametrize("intent", SHOP)
def test_every_phrasing_reaches_its_own_intent(intent: str) -> None:
    assert {SHOP_BOT.rank(phrasing)[0].intent for phrasing in SHOP[intent]} == {intent}


@settings(max_examples=30)
@given(MESSAGES, INTENTS)
def test_the_order_of_intents_does_not_count(message: str, order: Sequence[str]) -> None:
    bot = Bot(KnowledgeBase.from_mapping({intent: SHOP[intent] for intent in order}))

    assert ranked(bot, message) == ranked(SHOP_BOT, message)


@settings(max_examples=30)
@given(MESSAGES, st.data())
def test_the_order_of_phrasings_does_not_count(message: str, data: st.DataObject) -> None:
    shuffled = {intent: data.draw(st.permutations(phrasings)) for intent, phrasings in SHOP.items()}
    bot = Bot(KnowledgeBase.from_mapping(shuffled))

    assert ranked(bot, message) == ranked(SHOP_BOT, message)


def test_the_first_phrasing_weighs_no_more_in_spelling_than_the_others() -> None:
    one = {"carts": ["cart money", "buy it"], "cards": ["sell it", "card money"]}
    other = {intent: phrasings[::-1] for intent, phrasings in one.items()}

    assert ranked(Bot(KnowledgeBase.from_mapping(one)), "carq") == ranked(
        Bot(KnowledgeBase.from_mapping(other)), "carq"
    )


@given(MESSAGES, st.integers(0, 8))
def test_what_is_asked_for_beyond_the_best_changes_nothing_before_it(message: str, limit: int) -> None:
    assert SHOP_BOT.rank(message, limit) == SHOP_BOT.rank(message, limit=10)[:limit]


def test_ties_go_by_name() -> None:
    same = ["when do you open", "opening hours"]
    bot = Bot(KnowledgeBase.from_mapping({"beta": same, "gamma": same, "alpha": same}))

    assert [match.intent for match in bot.rank("when is it open")] == ["alpha", "beta", "gamma"]


@given(MESSAGES)
def test_a_ranking_holds_each_intent_once_with_a_phrasing_of_its_own(message: str) -> None:
    found = SHOP_BOT.rank(message, limit=10)

    assert len({match.intent for match in found}) == len(found)
    for match in found:
        assert match.phrasing in SHOP[match.intent]
        assert 0 <= match.score <= 100


def test_the_phrasing_shown_is_the_closest_one() -> None:
    assert SHOP_BOT.rank("is it possible to get a refund")[0].phrasing == "can i get a refund"


def test_a_message_of_words_that_nobody_wrote_comes_close_to_nothing() -> None:
    assert SHOP_BOT.rank("zebra xylophone quartz") == []


@given(MESSAGES)
def test_the_contributions_of_all_words_sum_to_the_score(message: str) -> None:
    for candidate, contributions in evidence(SHOP_BOT.kb, message):
        assert sum(one.amount for one in contributions) == pytest.approx(candidate.score)


@given(MESSAGES)
def test_a_word_like_none_that_is_known_adds_nothing(message: str) -> None:
    for _, contributions in evidence(SHOP_BOT.kb, message + " zebra"):
        assert "zebra" not in {one.feature for one in contributions}


@given(MESSAGES)
def test_coverage_is_a_share(message: str) -> None:
    assert all(0 <= candidate.coverage <= 1 for candidate, _ in evidence(SHOP_BOT.kb, message))


def test_an_intent_that_has_every_word_of_a_message_covers_it_whole() -> None:
    (best, _), *_ = evidence(SHOP_BOT.kb, "track my order")

    assert best.intent == "delivery"
    assert best.coverage == pytest.approx(1)


def test_neighbouring_words_tell_apart_what_the_same_words_say() -> None:
    bot = Bot(KnowledgeBase.from_mapping({"bitten_man": ["dog bites man"], "bitten_dog": ["man bites dog"]}))

    assert bot.rank("has a dog bites man story")[0].intent == "bitten_man"
    assert bot.rank("has a man bites dog story")[0].intent == "bitten_dog"


def test_rare_words_outweigh_common_ones() -> None:
    bot = Bot(
        KnowledgeBase.from_mapping({
            "parcel_size": ["parcel weight", "parcel size", "parcel shape"],
            "parcel_cost": ["parcel price", "parcel cost", "parcel stamp"],
            "letter_cost": ["letter price", "letter stamp", "letter parcel cost"],
        })
    )  # fmt: skip

    assert bot.rank("parcel letter")[0].intent == "letter_cost"


def test_a_thing_that_no_phrasing_names_stands_for_its_class(kb: BuildKB) -> None:
    base = kb(
        """\
        feeding: {title: What do pets eat?, about: [pets], phrasings: [food for a pet]}
        opening: {title: When do you open?, phrasings: [opening hours]}
        """,
        lexicon="""\
        entities:
          pets: {kind: animal, aliases: [pet]}
          cats: {kind: animal, is: [pets], aliases: [cat, kitty]}
        """,
    )

    assert Bot(base).rank("what does a kitty eat")[0].intent == "feeding"
    assert Bot(base).rank("kitty") != []


def test_a_base_without_intents_ranks_nothing() -> None:
    assert Bot(KnowledgeBase.from_mapping({})).rank("when do you open") == []


def test_a_base_of_one_intent_with_one_phrasing_ranks_it() -> None:
    assert [match.intent for match in Bot(KnowledgeBase.from_mapping({"hours": ["opening hours"]})).rank("hours")] == [
        "hours"
    ]


def test_a_phrasing_that_is_repeated_counts_once() -> None:
    once = Bot(KnowledgeBase.from_mapping({**SHOP, "hours": ["opening hours"]}))
    often = Bot(KnowledgeBase.from_mapping({**SHOP, "hours": ["opening hours"] * 10_000}))

    assert ranked(often, "opening hours") == ranked(once, "opening hours")


def test_phrasings_of_grammar_alone_are_found_by_it() -> None:
    bot = Bot(KnowledgeBase.from_mapping({"who": ["who are you"], "how": ["how is it", "is it so"]}))

    assert set("who are you how is it so".split()) <= FUNCTION_WORDS
    assert bot.rank("who are you")[0].intent == "who"
    assert bot.rank("how is it")[0].intent == "how"


def test_a_title_is_matched_as_a_phrasing(kb: BuildKB) -> None:
    base = kb("a: {title: Where are the toilets?, phrasings: [restroom]}\nb: {title: Hours?, phrasings: [open]}")

    assert Bot(base).rank("toilets please")[0].intent == "a"


@given(st.lists(st.lists(st.sampled_from("same words here and there".split()), min_size=1), min_size=2, max_size=6))
def test_a_shown_score_never_rises_down_the_list(said: list[list[str]]) -> None:
    bot = Bot(KnowledgeBase.from_mapping({f"i{n}": [" ".join(words)] for n, words in enumerate(said)}))

    scores = [match.score for match in bot.rank("same words here", limit=10)]
    assert scores == sorted(scores, reverse=True)


def test_like_intents_are_shown_alike() -> None:
    bot = Bot(KnowledgeBase.from_mapping({"x": ["same words here"], "y": ["same words here"], "z": ["other words"]}))

    first, second, _ = bot.rank("same words here")
    assert (first.intent, second.intent, first.score) == ("x", "y", second.score)
