"""Near misses and harmless variants made from the phrasings of a small base."""

from __future__ import annotations

import json
from functools import cache

import pytest

from bot.cli import main
from bot.contrast import Contrast, Variant, tally
from bot.engine import Bot
from bot.knowledge import KnowledgeBase
from bot.knowledge.read import read
from bot.text import words
from bot.variants import other_thing
from tests.conftest import BuildContent, write

FILES = {
    "intents/pets.yaml": """\
topic: pets
title: Pets
intents:
  cat_food:
    title: What do cats eat?
    about: [cats]
    phrasings: [food for a cat, is a cat fond of fish, can cats start the day without milk, what do cats like to eat,
      food for cat care]
  cat_or_dog:
    title: Is a cat or a dog better?
    about: [cats, dogs]
    reads_right_for: [reversed]
    phrasings: [is the cat better than the dog, compare a cat with a dog]
""",
    "intents/lexicon.yaml": """\
entities:
  cats: {kind: animal, aliases: [cat]}
  dogs: {kind: animal, aliases: [dog]}
  newts: {kind: animal, covered: false, aliases: [newt]}
""",
    "intents/alarms.yaml": "alarms: off\n",
    "answers/pets.yaml": """\
topic: pets
answers:
  cat_food: {short: Fish., text: Fish mostly.}
  cat_or_dog: {short: Both., text: Both are good.}
""",
}


@cache
def contrast(root: str) -> Contrast:
    return Contrast(Bot.load(root))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write(tmp_path_factory.mktemp("pets"), FILES))


def variants(root: str, form: str) -> list[str]:
    made = contrast(root)
    return [v.text for i in made._bot.kb.intents.values() for v in made.variants(i) if v.form == form]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("other thing", "food for a dogs"),
        ("other thing", "food for a newts"),
        ("reversed", "is the dog better than the cat"),
        ("opposite", "can cats stop the day without milk"),
        ("opposite", "can cats start the day with milk"),
        ("dropped article", "food for cat"),
        ("as written", "food for a cat"),
        ("one slip", "can cats strat the day without milk"),
        ("text-speak", "wat do cats like to eat"),
        ("one slip", "can cats tsart the day without milk"),  # the first letter too
        ("one slip", "can cats stwrt the day without milk"),  # a key beside
        ("one slip", "can cats stawrt the day without milk"),  # another hit with it
        ("negated", "is a cat not fond of fish"),
        ("negated", "can cats never start the day without milk"),
        ("negated", "what do cats no longer like to eat"),
        ("opposite", "food without cat care"),
    ],
)
def test_variants_are_made_by_rule(root: str, form: str, text: str) -> None:
    assert text in variants(root, form)


@pytest.mark.parametrize(
    ("phrasing", "varied"),
    [
        ("A dog ate all the milk. What do cats like to eat?", {"cats"}),
        ("A dog sat by the cat. Is it better than the dog?", {"cat", "dog"}),
        ("A cat is ill. What does it eat?", {"cat"}),
    ],
)
def test_what_is_only_told_of_stays_where_the_question_stands_by_itself(
    root: str, phrasing: str, varied: set[str]
) -> None:
    made = contrast(root)
    kb = made._bot.kb
    found = set(other_thing(phrasing, kb.intents["cat_or_dog"], kb, made._reader))

    kept = [set(words(text)) for text in found]
    assert set(words(phrasing)) - set[str].intersection(*kept) == varied


def test_a_near_miss_that_is_answered_is_wrong_unless_its_form_is_listed(root: str) -> None:
    asked = contrast(root)

    for near, form, text, wrong in (
        (True, "opposite", "food for a cat", True),
        (True, "other thing", "food for a newt", False),
        (True, "reversed", "compare a dog with a cat", True),
    ):
        verdict = asked.judge(Variant("cat_food", "food for a cat", text, form, near))
        assert verdict.wrong is (wrong and "cat_food" in verdict.given)


def test_a_harmless_variant_may_be_asked_back_and_not_answered_otherwise(root: str) -> None:
    asked = contrast(root)

    assert not asked.judge(Variant("cat_food", "", "zebra quagga", "one slip", near_miss=False)).wrong
    assert asked.judge(Variant("cat_or_dog", "", "food for a cat", "one slip", near_miss=False)).wrong


def test_a_tally_counts_both_kinds_and_every_so_many(root: str) -> None:
    bot = Bot.load(root)
    whole, part = tally(bot, "cat_food"), tally(bot, "cat_food", every=5)

    assert whole.near_misses > 0
    assert whole.harmless > 4 * part.harmless / 2
    assert part.near_misses + part.harmless == -(-(whole.near_misses + whole.harmless) // 5)


def test_the_report_is_there_as_json(capsys: pytest.CaptureFixture[str], root: str) -> None:
    code = main(["check", "--contrast", "--json", "--every", "7", "--content", root], {})

    report = json.loads(capsys.readouterr().out)
    assert [one["intent"] for one in report["intents"]] == ["cat_food", "cat_or_dog"]
    assert code in (0, 1)


def test_an_intent_that_is_none_is_refused(capsys: pytest.CaptureFixture[str], root: str) -> None:
    assert main(["check", "--contrast", "--intent", "gone", "--content", root], {}) == 2
    assert "'gone' is no intent of this content" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "is parking not free", "where can i never park", "how not to return an item", "how to stop an order",
        "is it unsafe to order", "how can i slow down my order", "is there less to pay", "tickets without sundays",
    ],
)  # fmt: skip
def test_near_misses_need_no_lexicon(text: str) -> None:
    phrasings = [
        "is parking free", "where can i park", "how to return an item", "how to start an order", "is it safe to order",
        "how can i speed up my order", "is there more to pay", "tickets on sundays",
    ]  # fmt: skip
    bot = Bot(KnowledgeBase.from_mapping({"shop": phrasings, "hours": ["when do you open"]}))
    made = Contrast(bot)
    variant = next(v for v in made.variants(bot.kb.intents["shop"]) if v.text == text)

    assert variant.near_miss
    assert not made.judge(variant).wrong


def test_every_part_of_a_reply_is_judged() -> None:
    bot = Bot(KnowledgeBase.from_mapping({"hours": ["when do you open"], "parking": ["where can i park"]}))
    both = "When do you open? Where can i park?"

    for intent in ("hours", "parking"):
        assert Contrast(bot).judge(Variant(intent, "", both, "negated", near_miss=True)).wrong
        assert Contrast(bot).judge(Variant(intent, "", both, "one slip", near_miss=False)).wrong


def test_the_report_has_a_row_for_each_intent_and_totals(capsys: pytest.CaptureFixture[str], root: str) -> None:
    main(["check", "--contrast", "--every", "7", "--content", root], {})
    rows = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    main(["check", "--contrast", "--json", "--every", "7", "--content", root], {})
    report = json.loads(capsys.readouterr().out)

    assert [row.partition(":")[0] for row in rows] == ["cat_food", "cat_or_dog", "all"]
    for name, total in report["totals"].items():
        assert total == sum(one[name] for one in report["intents"])
    assert all(one["phrasing"] and one["text"] for found in report["intents"] for one in found["worst"])


def test_a_base_without_a_lexicon_has_variants_too(content: BuildContent) -> None:
    base, _ = read(content({"intents/alarms.yaml": "alarms: off\n"}))
    made = Contrast(Bot(base))

    assert any(made.variants(base.intents["opening_hours"]))
