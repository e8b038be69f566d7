"""What people ask and do not get."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from bot.check import load
from bot.engine import Bot
from bot.errors import ContentError
from bot.record import Turn
from bot.stats.gaps import ASKED_BACK, DECLINED, NARROWLY, UNHELPFUL, Paste, gaps
from tests.conftest import BuildContent

BODY: dict[str, Any] = {
    "kind": "decline",
    "intents": (),
    "scores": (10.0,),
    "channel": "web",
    "kb": "0",
    "milliseconds": 1.0,
}


def rows(*texts: str, helpful: bool | None = None, **values: Any) -> list[dict[str, Any]]:
    """A declined question of another person for every text, unless said otherwise."""
    found = []
    for number, text in enumerate(texts):
        turn = Turn(**{"turn": f"t{number}", "text": text, "person": f"p{number}", **BODY, **values})
        found.append(asdict(turn) | {"helpful": helpful, "comment": None})
    return found


@pytest.fixture
def bot(content: BuildContent) -> Bot:
    return Bot.load(content())


def test_questions_that_are_alike_make_one_gap(bot: Bot) -> None:
    asked = rows("do you take insurance", "Do you take INSURANCE?", "do u take my insurrance", "where can i park")

    [gap] = gaps(asked, bot)

    assert gap.texts == ("do you take insurance", "do u take my insurrance")
    assert (gap.turns, gap.conversations, gap.outcomes) == (3, 3, {DECLINED: 3})


def test_what_fewer_than_three_conversations_ask_is_not_shown(bot: Bot) -> None:
    often = rows(*["do you take insurance"] * 9, person="ada") + rows("do you take insurance", person="bob")

    assert gaps(often, bot) == []
    assert len(gaps(often, bot, least=2)) == 1


def test_conversations_that_are_not_known_count_as_one(bot: Bot) -> None:
    assert gaps(rows(*["do you take insurance"] * 9, person=None), bot) == []


def test_a_conversation_counts_before_a_person(bot: Bot) -> None:
    asked = [one | {"conversation": f"c{at}", "person": "ada"} for at, one in enumerate(rows(*["where to park"] * 3))]

    assert [gap.conversations for gap in gaps(asked, bot)] == [3]


def test_what_was_nearly_missed_counts(bot: Bot) -> None:
    asked = [
        *rows("where to park", kind="clarify"),
        *rows("where to park", kind="answer", intents=("holidays",), scores=(99.0,), helpful=False, person="bob"),
        *rows("where to park", kind="answer", intents=("holidays",), scores=(75.0,), person="cy"),
        *rows("where to park", kind="answer", intents=("holidays",), scores=(99.0,), person="di"),
    ]

    [gap] = gaps(asked, bot)

    assert gap.outcomes == {ASKED_BACK: 1, UNHELPFUL: 1, NARROWLY: 1}


@pytest.mark.parametrize(
    "values",
    [{"text": None}, {"text": ""}, {"scores": ()}, {"kind": "safety", "intents": ("dosing",)}],
    ids=["an alarm", "a click", "none of these", "a refusal"],
)
def test_what_was_no_question_to_the_content_is_no_gap(bot: Bot, values: dict[str, Any]) -> None:
    assert gaps(rows(*["where to park"] * 3, **values), bot) == []


def test_a_story_is_not_shown_as_it_was_typed(bot: Bot) -> None:
    story = "parking parking " + "and then I went there with my sister who works at the bakery " * 4

    [gap] = gaps(rows("parking parking", "parking parking?", story), bot, least=2)

    assert gap.texts == ("parking parking",)


def test_a_gap_that_comes_near_an_intent_belongs_there(bot: Bot) -> None:
    [gap] = gaps(rows(*["what times are you open"] * 3), bot)

    assert gap.suggestion is not None
    assert (gap.suggestion.intent, gap.suggestion.title) == ("opening_hours", "When are you open?")
    [paste] = gap.paste
    assert (paste.file, paste.below) == ("intents/hours.yaml", "opening_hours: phrasings:")


def test_the_intent_that_did_not_help_is_not_suggested(bot: Bot) -> None:
    asked = rows(
        *["what times are you open"] * 3, kind="answer", intents=("opening_hours",), scores=(99.0,), helpful=False
    )

    [gap] = gaps(asked, bot)

    assert gap.suggestion is None or gap.suggestion.intent != "opening_hours"


def test_what_is_pasted_is_read(content: BuildContent, bot: Bot) -> None:
    [known] = gaps(rows(*["what times are you open"] * 3), bot)
    root = content()

    paste(root, known.paste[0], "      - what are your hours")

    assert "what times are you open" in load(root).intents["opening_hours"].phrasings


def test_a_new_intent_wants_its_answer_written_before_it_is_read(content: BuildContent, bot: Bot) -> None:
    [gap] = gaps(rows("do you take insurance: or not?", "do you take insurance", "Do you take insurance?"), bot)
    assert gap.suggestion is None
    root = content()
    for one in gap.paste:
        name = one.file.replace("TOPIC", "hours")
        paste(root, Paste(name, one.below, one.lines), one.below)

    with pytest.raises(ContentError) as caught:
        load(root)
    assert {problem.path.name for problem in caught.value.problems} == {"hours.yaml"}
    assert all("empty" in problem.message for problem in caught.value.problems)

    path = root / "answers" / "hours.yaml"
    path.write_text(path.read_text().replace('""', "Yes, we do."))
    assert load(root).intents["insurance"].title == "Do you take insurance?"
    assert Bot(load(root)).reply("do you take insurance").text == "Yes, we do."


def test_what_was_taken_out_and_what_is_known_is_not_pasted(bot: Bot) -> None:
    [gap] = gaps(rows("parking for [name]", "parking", "parking please"), bot)

    lines = [line for one in gap.paste for line in one.lines]
    assert not [line for line in lines if "[name]" in line]
    assert gaps(rows(*["what are your hours"] * 3, kind="clarify"), bot)[0].paste == ()


def test_many_texts_are_grouped_in_time(bot: Bot) -> None:
    texts = [
        f"question about {word}{number} and {word[::-1]}" for number in range(1000) for word in ("parking", "cats")
    ]

    start = perf_counter()
    found = gaps(rows(*texts), bot)

    assert perf_counter() - start < 20
    assert sum(gap.turns for gap in found) <= 2000


def test_gaps_are_json(bot: Bot) -> None:
    [gap] = gaps(rows(*["where to park"] * 3), bot)

    values = gap.to_dict()

    assert (values["texts"], values["conversations"], values["suggestion"]) == (["where to park"], 3, None)
    assert values["paste"][0]["yaml"].startswith("  ")


def paste(root: Path, lines: Paste, below: str) -> None:
    """Put lines into their file, behind the line that ends so."""
    path = root / lines.file
    before, found, after = path.read_text().partition(f"{below}\n")
    assert found
    path.write_text(before + found + "\n".join(lines.lines) + "\n" + after)
