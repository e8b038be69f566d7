from __future__ import annotations

from dataclasses import replace
from textwrap import indent

import pytest

from bot.check import load
from bot.decision import Declined
from bot.engine import Bot
from bot.knowledge import KnowledgeBase
from tests.conftest import write

LEXICON = """\
entities:
  pets: {kind: animal, aliases: [pet]}
  cats: {kind: animal, is: [pets], aliases: [cat, kitty]}
  dogs: {kind: animal, is: [pets], aliases: [dog]}
  cows: {kind: animal, aliases: [cow]}
  parrots: {kind: animal, is: [pets], covered: false, aliases: [parrot]}
  ferrets: {kind: animal, covered: false, aliases: [ferret]}
  newts: {kind: animal, covered: false, aliases: [newt]}
  vaccine: {kind: medicine, aliases: [vaccines]}
synonyms:
  - [fur, coat]
"""
INTENTS = """\
opening_hours:
  title: When are you open?
  phrasings: [opening hours, hours on sunday, who is there at night]
cat_food:
  title: What do cats eat?
  about: [cats]
  phrasings: [food for a cat, how much food does a kitty need, cats eat fish, do cats eat meat]
cat_fur:
  title: How do I brush a cat?
  about: [cats]
  phrasings: [brush cat fur, cat coat care, cat fur full of knots, does cat fur need a brush]
  not: [what does a brush for cat fur cost]
cat_and_cow:
  title: Can a cat live with a cow?
  about: [cats, cows]
  phrasings: [cat and cow in one barn, are cats and cows friends, cat beside a cow]
pet_travel:
  title: Can pets travel by train?
  about: [pets]
  phrasings: [take a pet on a train, train ticket for a pet, pets on trains, train rules for pets]
dog_walks:
  title: How often do dogs need a walk?
  about: [dogs]
  reads_right_for: [negated]
  phrasings: [walk with the dog, dog walks in the rain, a dog without a walk, walks for an old dog]
ferret_rules:
  title: Do you keep ferrets?
  phrasings: [do you take in a ferret, ferret boarding]
"""


IDS = ("opening_hours", "cat_food", "cat_fur", "cat_and_cow", "pet_travel", "dog_walks", "ferret_rules")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    files = {
        "intents/pets.yaml": f"topic: pets\ntitle: Pets\nintents:\n{indent(INTENTS, '  ')}",
        "intents/lexicon.yaml": LEXICON,
        "intents/alarms.yaml": "alarms: off\n",
        "answers/pets.yaml": "topic: pets\nanswers:\n"
        + "".join(f"  {intent}: {{short: Yes., text: Yes indeed.}}\n" for intent in IDS),
    }
    return load(write(tmp_path_factory.mktemp("pets"), files))


@pytest.fixture(scope="module")
def bot(base: KnowledgeBase) -> Bot:
    return Bot(base)


def gates(bot: Bot, message: str, intent: str) -> dict[str, bool]:
    """The gates that speak against an intent for a message, and whether each refuses it."""
    candidates = [one.weighed for one in bot.explain(message).candidates if one.weighed.match.intent == intent]
    assert candidates, f"{intent} is no candidate"
    return {finding.gate: finding.refuses for finding in candidates[0].findings}


@pytest.mark.parametrize(
    ("gate", "intent", "message"),
    [
        ("uncovered_things", "cat_food", "what do parrots eat"),
        ("uncovered_things", "cat_food", "do cats eat the food of a ferret"),
        ("uncovered_things", "opening_hours", "opening hours for my ferret"),
        ("other_subject", "cat_food", "what do dogs eat"),
        ("other_subject", "cat_food", "do cats eat what cows eat"),
        ("other_subject", "opening_hours", "when are cows open"),
        ("main_subject", "cat_and_cow", "can a cow live in one barn"),
        ("attached_words", "cat_fur", "brush cow fur"),
        ("lookalikes", "cat_fur", "what does a cat fur brush cost"),
        ("wanted_kind", "cat_food", "who feeds cats fish"),
        ("wanted_kind", "dog_walks", "where do dogs walk"),
        ("uncovered_words", "cat_food", "do cats dream in colour at midnight"),
        ("unusual_words", "cat_food", "do cats dream of the moon"),
        ("unusual_wish", "cat_food", "which colours may every cat of this street prefer"),
        ("unusual_wish", "cat_food", "what kind of music may any cat of this street prefer"),
        ("polarity", "cat_food", "what do cats not eat"),
        ("polarity", "cat_food", "why do cats never eat fish"),
        ("polarity", "pet_travel", "train ticket without a pet"),
        ("polarity", "opening_hours", "you are not open on sunday"),
    ],
)
def test_a_gate_speaks_against_what_an_intent_cannot_answer(bot: Bot, gate: str, intent: str, message: str) -> None:
    assert gate in gates(bot, message, intent)


@pytest.mark.parametrize(
    ("gate", "intent", "message"),
    [
        ("uncovered_things", "cat_food", "what does a kitty eat"),
        ("uncovered_things", "ferret_rules", "do you keep a ferret"),
        ("uncovered_things", "pet_travel", "can a parrot travel by train"),
        ("other_subject", "cat_food", "food for a kitty"),
        ("other_subject", "pet_travel", "can my dog travel by train"),
        ("other_subject", "cat_and_cow", "is a cat happy beside a cow"),
        ("other_subject", "cat_food", "what do cats eat after a vaccine"),
        ("main_subject", "cat_and_cow", "can a cow live with a cat"),
        ("main_subject", "cat_food", "food for a kitty"),
        ("main_subject", "pet_travel", "train ticket for a dog"),
        ("attached_words", "cat_fur", "brush kitty fur"),
        ("attached_words", "cat_fur", "cat coat"),
        ("lookalikes", "cat_fur", "brush cat fur"),
        ("wanted_kind", "opening_hours", "when are you open"),
        ("wanted_kind", "opening_hours", "who is there at night"),
        ("wanted_kind", "dog_walks", "do dogs walk where it rains"),
        ("uncovered_words", "cat_food", "do cats eat fish"),
        ("uncovered_words", "cat_food", "please tell me what cats eat"),
        ("unusual_words", "cat_food", "how much does a cat eat on the moon"),
        ("unusual_words", "cat_and_cow", "is it odd to see a cat and a cow"),
        ("unusual_wish", "cat_food", "what food do cats like"),
        ("unusual_wish", "cat_food", "what is food for a cat"),
        ("polarity", "cat_food", "cats eat meat, don't they"),
        ("polarity", "cat_food", "do cats eat meat or not"),
        ("polarity", "cat_food", "why not food for a cat"),
        ("polarity", "dog_walks", "what if a dog does not get a walk"),
        ("polarity", "dog_walks", "no walks for a dog"),
        ("polarity", "opening_hours", "i do not follow, can you tell when you are open"),
        ("polarity", "opening_hours", "why aren't you open on sunday"),
        ("polarity", "dog_walks", "rain walks without the dog"),
        ("polarity", "pet_travel", "can pets travel without a ticket"),
    ],
)
def test_a_gate_is_silent_where_an_intent_can_answer(bot: Bot, gate: str, intent: str, message: str) -> None:
    assert gate not in gates(bot, message, intent)


@pytest.mark.parametrize("intent", ["opening_hours", "cat_food", "cat_fur", "cat_and_cow", "pet_travel", "dog_walks"])
def test_no_gate_speaks_against_the_phrasings_of_an_intent(base: KnowledgeBase, intent: str) -> None:
    bot, known = Bot(base), base.intents[intent]

    assert {message: gates(bot, message, intent) for message in (known.title, *known.phrasings)} == {
        message: {} for message in (known.title, *known.phrasings)
    }


@pytest.mark.parametrize(
    "message", ["what do newts eat", "do cats eat a newt", "brush newt fur", "opening hours for newts"]
)
def test_an_uncovered_thing_is_declined_by_its_name(bot: Bot, message: str) -> None:
    (part,) = bot.reply(message).parts

    assert isinstance(part, Declined)
    assert part.about == ("newts",)
    assert "newts" in part.text


@pytest.mark.parametrize("message", ["signs of opioid overdose", "what are the symptoms of a ketamine overdose"])
def test_the_signs_of_an_overdose_are_not_held_and_the_numbers_stand_below(message: str) -> None:
    reply = Bot.load(region="UK").reply(message)

    assert reply.kind == "decline"
    assert "999" in reply.text


def test_every_uncovered_thing_is_named_once_in_the_order_of_the_message(bot: Bot) -> None:
    (part,) = bot.reply("do newts eat parrots or other newts").parts

    assert isinstance(part, Declined)
    assert part.about == ("newts", "parrots")


@pytest.mark.parametrize(
    ("message", "refused"), [("how much does the moon eat", True), ("how much does it eat on the moon", False)]
)
def test_an_intent_is_not_even_offered_where_nothing_says_what_it_is_about(
    bot: Bot, message: str, refused: bool
) -> None:
    assert gates(bot, message, "cat_food").get("uncovered_words", False) is refused


@pytest.mark.parametrize("message", ["what do cows eat", "brush dog fur", "cats do not eat parrots"])
def test_an_intent_of_another_subject_is_never_answered(bot: Bot, message: str) -> None:
    assert bot.reply(message).kind != "answer"


def test_a_negated_question_is_asked_back_at_most(bot: Bot) -> None:
    assert bot.reply("what do cats eat").kind == "answer"
    assert bot.reply("what do cats not eat").kind in ("clarify", "decline")


@pytest.mark.parametrize(
    ("message", "opening"),
    [
        ("can dogs travel by train", "For pets as a group:"),
        ("can a kitty travel by train", "For pets as a group:"),
        ("can pets travel by train", ""),
        ("can pets like dogs travel by train", ""),
        ("what do cats eat", ""),
    ],
)
def test_an_answer_on_a_class_says_so_where_only_a_member_was_named(bot: Bot, message: str, opening: str) -> None:
    reply = bot.reply(message)

    assert reply.kind == "answer"
    assert reply.text == f"{opening} Yes indeed.".strip()


def test_a_word_that_one_phrasing_in_a_hundred_has_stands_for_nothing_by_itself(base: KnowledgeBase) -> None:
    many = (*(f"walk number {number} of a dog" for number in range(100)), "a dog walk told as a story")
    walks = base.intents["dog_walks"]._replace(phrasings=many)
    bot = Bot(replace(base, intents={**base.intents, walks.id: walks}))

    assert gates(bot, "tell me a story", walks.id)["uncovered_words"]
    assert "uncovered_words" not in gates(bot, "a walk", walks.id)
    assert "uncovered_words" not in gates(bot, "a dog story", walks.id)


def test_without_a_lexicon_no_thing_is_told_from_another() -> None:
    bot = Bot(KnowledgeBase.from_mapping({"cat_food": ["what do cats eat", "cat food"], "hours": ["opening hours"]}))

    assert gates(bot, "what do cats eat", "cat_food") == {}
    assert (
        not {"uncovered_things", "other_subject", "main_subject", "attached_words"}
        & gates(bot, "what do dogs eat", "cat_food").keys()
    )


@pytest.mark.parametrize(
    "gate",
    [
        "uncovered_things", "other_subject", "main_subject", "attached_words", "lookalikes", "wanted_kind",
        "uncovered_words", "polarity",
    ],
)  # fmt: skip
def test_every_gate_can_be_told_in_the_words_of_the_bot(base: KnowledgeBase, gate: str) -> None:
    assert base.voice.get(f"gate_{gate}")


SHOP = {
    "parking": ["where can i park", "is parking free", "car park"],
    "returns": ["can i return this", "how do i return an item", "do you refund postage"],
    "delivery": ["is delivery free", "is it safe to order", "how can i speed up my order"],
    "open": ["open", "when do you open"],
    "broken": ["my card does not work", "the card is not working", "card declined"],
}


@pytest.fixture(scope="module")
def shop() -> Bot:
    return Bot(KnowledgeBase.from_mapping(SHOP))


@pytest.mark.parametrize(
    "message",
    [
        "where can i not park", "is parking not free", "can i never return this", "do you no longer refund postage",
        "not open", "do you refund without postage",
    ],
)  # fmt: skip
def test_a_denied_question_is_not_answered_where_there_is_no_lexicon(shop: Bot, message: str) -> None:
    assert shop.reply(message).kind != "answer"


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("where can i park", "parking"),
        ("is parking free or not", "parking"),
        ("is parking free, isn't it", "parking"),
        ("i do not follow, can you explain how do i return an item", "returns"),
        ("my card still doesn't work", "broken"),
        ("is my card working", "broken"),
    ],
)
def test_a_negation_that_denies_no_question_is_answered(shop: Bot, message: str, intent: str) -> None:
    assert "polarity" not in gates(shop, message, intent)


def test_what_comes_before_a_question_does_not_deny_it(shop: Bot) -> None:
    assert "polarity" not in gates(shop, "i don't know what delivery costs", "delivery")
    assert "polarity" in gates(shop, "what does delivery not cost", "delivery")


def test_an_entry_that_reads_right_for_denied_questions_answers_them() -> None:
    kb = KnowledgeBase.from_mapping(SHOP)
    parking = kb.intents["parking"]._replace(reads_right_for=frozenset({"negated"}))
    bot = Bot(replace(kb, intents={**kb.intents, "parking": parking}))

    assert gates(bot, "is parking not free", "parking") == {}


TURNED = {
    "depression": ["does it help with depression", "does it improve depression", "it and depression"],
    "safety": ["is it safer than wine", "how safe is parking"],
    "pressure": ["does it raise blood pressure", "blood pressure and it"],
    "hurry": ["speed up my order", "order in a hurry"],
    "price": ["is there more to pay", "is delivery free", "is it unpaid"],
}


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("does it worsen depression", "depression"),
        ("is it riskier than wine", "safety"),
        ("how unsafe is parking", "safety"),
        ("does it lower blood pressure", "pressure"),
        ("slow down my order", "hurry"),
        ("is there less to pay", "price"),
        ("is delivery unfree", "price"),
        ("is it paid", "price"),
    ],
)
def test_the_opposite_of_what_is_known_is_doubted(message: str, intent: str) -> None:
    bot = Bot(KnowledgeBase.from_mapping(TURNED))

    assert "opposite_words" in gates(bot, message, intent)
    assert bot.reply(message).kind != "answer"


@pytest.mark.parametrize(
    ("form", "message", "intent"),
    [
        ("opposite", "does it worsen depression", "depression"),
        ("reversed", "is it riskier than wine", "safety"),
        ("negated", "is delivery unfree", "price"),
    ],
)
def test_opposites_are_let_through_by_the_form_that_an_intent_lists(form: str, message: str, intent: str) -> None:
    kb = KnowledgeBase.from_mapping(TURNED)
    known = kb.intents[intent]._replace(reads_right_for=frozenset({form}))
    bot = Bot(replace(kb, intents={**kb.intents, intent: known}))

    assert "opposite_words" not in gates(bot, message, intent)


@pytest.mark.parametrize("message", ["is it safer than wine", "under which unit is delivery free", "speed up my order"])
def test_what_says_no_opposite_is_not_doubted(message: str) -> None:
    bot = Bot(KnowledgeBase.from_mapping(TURNED))

    assert "opposite_words" not in {f.gate for one in bot.explain(message).candidates for f in one.weighed.findings}


def test_one_phrasing_of_doing_without_does_not_speak_for_all() -> None:
    trains = [f"train number {number} with a pet" for number in range(20)]
    bot = Bot(
        KnowledgeBase.from_mapping(
            {"trains": [*trains, "a quiet seat without any view of trees"], "hours": ["opening hours"]}
        )
    )

    assert "polarity" in gates(bot, "train without a pet", "trains")
    assert "polarity" not in gates(bot, "quiet seat without any view", "trains")
