"""Alarms raised by wording alone: what resembles phrasings that were written down."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.examples import read_examples
from bot.knowledge.parse import read_yaml
from bot.knowledge.rules import CATEGORIES
from bot.knowledge.source import Fields
from bot.safety.counts import Counts, read, stems
from bot.safety.evidence import WINDOWS, Evidence

SAID = {
    "overdose_emergency": ["she swallowed the lot and is limp", "he swallowed them all", "he lies limp on the floor"],
    "dosing": ["how many drops at a time", "how many puffs in a day", "drops before bed, how many"],
}
HARMLESS = ["how many people work here", "is the floor wet", "what time is it", "all the best", "who works at the desk"]
EVIDENCE = Evidence((Counts(SAID, HARMLESS),))
WORDS = sorted({word for texts in (*SAID.values(), HARMLESS) for text in texts for word in text.split()})
MESSAGES = st.lists(st.sampled_from([*WORDS, "zebra"]), max_size=60).map(" ".join)


def strength(message: str, category: str = "") -> float:
    found = EVIDENCE.leanings(list(map(stems, read(message)))).strongest
    return found.strength if not category or found.category == category else 0.0


@pytest.mark.parametrize(
    ("message", "category"),
    [("they swallowed it and are limp", "overdose_emergency"), ("how many drops is it", "dosing")],
)
def test_a_message_leans_to_the_category_that_it_is_worded_like(message: str, category: str) -> None:
    found = EVIDENCE.leanings(list(map(stems, read(message)))).strongest

    assert found.category == category
    assert found.strength > max(strength(text) for text in HARMLESS)


def test_the_words_that_speak_loudest_are_named() -> None:
    assert "limp" in EVIDENCE.leanings(list(map(stems, read("my cat is limp")))).strongest.words


@pytest.mark.parametrize("message", ["", "zebra", "zebra quagga okapi", "..."])
def test_words_that_nobody_wrote_lean_nowhere(message: str) -> None:
    assert EVIDENCE.leanings(list(map(stems, read(message)))).strongest == ("", 0.0, ())


@given(MESSAGES, st.sampled_from(HARMLESS))
def test_another_sentence_never_makes_an_alarm_quieter(message: str, harmless: str) -> None:
    assert strength(f"{message}\n{harmless}") >= strength(message) - 1e-9


@given(MESSAGES)
def test_a_leaning_is_to_a_category_that_has_phrasings(message: str) -> None:
    found = EVIDENCE.leanings(list(map(stems, read(message)))).strongest

    assert found.category in ("", *SAID)
    assert (found.strength > 0) == bool(found.category)


def test_a_danger_told_in_passing_is_heard_in_a_long_sentence() -> None:
    chatter = "what time is it and is the floor wet and all the best to who works at the desk and "
    long = chatter * 3 + "she swallowed the lot and is limp and " + chatter * 3

    assert len(long.split()) > 3 * max(WINDOWS)
    assert strength(long, "overdose_emergency") > strength(chatter * 6)


@pytest.mark.parametrize("weight", [0.0, 0.7])
def test_three_neighbours_tell_what_two_do_not(monkeypatch: pytest.MonkeyPatch, weight: float) -> None:
    monkeypatch.setattr("bot.safety.evidence.IN_TRIPLES", weight)
    monkeypatch.setattr("bot.safety.evidence.RESEMBLANCE", 0.0)
    said = {"suicide_crisis": ["here they go", "now they stay"]}
    evidence = Evidence((Counts(said, ["here they stay", "now they go"]),))

    of_its_own, of_the_harmless = (
        evidence.leanings([tuple(text.split())]).alarm.strength for text in ("here they go", "here they stay")
    )

    assert of_its_own > of_the_harmless if weight else of_its_own == of_the_harmless


def test_only_what_was_written_word_for_word_is_known() -> None:
    def known(*text: str) -> bool:
        return EVIDENCE.is_known([stems(sentence) for sentence in read(". ".join(text))])

    assert known("how many people work here")
    assert not known("how many people work")
    assert not known("here work people many how")
    assert not known("how many people work here", "he swallowed them all")
    assert not known("she swallowed the lot and is limp")


@pytest.mark.parametrize("danger", ["he swallowed the lot", "drops before bed", "zebra quagga"])
def test_a_danger_in_words_that_a_base_never_uses_is_not_known_behind_its_question(danger: str) -> None:
    evidence = Evidence((Counts(SAID, ["is the floor wet"]), Counts({}, ["where can i park"])))

    assert evidence.is_known([("where", "can", "i", "park")])
    assert not evidence.is_known([("where", "can", "i", "park"), stems(danger.split())])


def test_what_speaks_for_a_refusal_does_not_drown_an_alarm() -> None:
    drowned = "he lies limp. how many drops at a time, drops before bed, how many"

    assert EVIDENCE.leanings(list(map(stems, read(drowned)))).alarm.category == "overdose_emergency"
    assert EVIDENCE.leanings(list(map(stems, read(drowned)))).refusal.category == "dosing"


def test_counts_of_several_files_add_up() -> None:
    half = {category: texts[:1] for category, texts in SAID.items()}
    rest = {category: texts[1:] for category, texts in SAID.items()}
    parts = Evidence((Counts(half, HARMLESS[:2]), Counts(rest, HARMLESS[2:])))

    for message in ("he swallowed a zebra", "how many drops", "is it wet"):
        one, other = (evidence.leanings(list(map(stems, read(message)))).strongest for evidence in (parts, EVIDENCE))
        assert (one.category, one.words) == (other.category, other.words)


def test_what_a_base_answers_makes_its_words_harmless() -> None:
    base = Counts({}, ["where is the limp department", "is limp a word"] * 5)

    assert Evidence((Counts(SAID, HARMLESS), base)).leanings([("limp",)]).strongest.strength < strength("limp")


def test_a_category_that_is_none_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "alarm_phrasings.yaml"
    path.write_text("phrasings:\n  overdose: [he is limp]\nharmless: [hello]\n", encoding="utf-8")
    problems: list[str] = []
    node = read_yaml(path, lambda problem: problems.append(str(problem)))
    assert node
    found = read_examples([Fields(path, node, lambda problem: problems.append(str(problem)))], CATEGORIES)

    assert found.harmless == ("hello",)
    assert problems == [f"{path}:2: 'overdose' is no category: use {', '.join(CATEGORIES)}"]
