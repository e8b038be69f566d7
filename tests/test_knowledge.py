from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import ContentError, Problem
from bot.knowledge import KnowledgeBase, Lexicon, shipped
from bot.knowledge.read import read
from tests.conftest import HOURS, BuildContent, BuildKB

INTENTS, ANSWERS = HOURS["intents/hours.yaml"], HOURS["answers/hours.yaml"]
MORE = "topic: more\ntitle: More\nintents:\n  more: {title: More?, phrasings: [more]}\n"
MORE_ANSWERS = "topic: more\nanswers:\n  more: {short: a, text: b}\n"


def places(root: Path, problems: list[Problem]) -> list[tuple[str, int, str]]:
    """The problems as file, line and message, in the order of files and lines."""
    return [(p.path.relative_to(root).as_posix(), p.line, p.message) for p in ContentError(problems).problems]


def test_a_folder_of_two_files_is_a_base(content: BuildContent) -> None:
    base, problems = read(content())

    assert problems == []
    assert list(base.intents) == ["opening_hours", "holidays"]
    assert base.intents["opening_hours"].phrasings == ("what are your hours",)
    assert base.entries["opening_hours"].follow_ups == ("holidays",)
    assert base.topics["hours"].title == "Opening hours"
    assert base.title("holidays") == "Are you open on holidays?"
    assert [intent.id for intent in base.of_topic("hours")] == ["opening_hours", "holidays"]


def test_every_word_is_kept_as_it_was_typed(kb: BuildKB) -> None:
    base = kb("""\
        smoking:
          title: no
          phrasings: [yes, off, 012, 1e3, 12:30]
        """)

    assert base.intents["smoking"].title == "no"
    assert base.intents["smoking"].phrasings == ("yes", "off", "012", "1e3", "12:30")


def test_everything_wrong_in_a_folder_is_said_at_once(content: BuildContent) -> None:
    root = content(
        {
            "intents/hours.yaml": INTENTS.replace("title: When", "titel: When").replace("  holidays:", "  Holi-days:"),
            "answers/hours.yaml": ANSWERS.replace("    short: No.\n", "").replace("[holidays]", "holidays"),
            "intents/broken.yaml": "topic: [",
            "intents/lonely.yaml": "topic: other\ntitle: Lonely\nintents: [a]\n",
            "answers/orphan.yaml": "topic: orphan\nanswers:\n  lost:\n    short: a\n    text: b\n",
            "answers/old.yml": "",
        }
    )
    _, problems = read(root)
    expected = [
        ("answers/hours.yaml", 6, "'follow_ups' must be a list"),
        ("answers/hours.yaml", 7, "'holidays' is no intent"),
        ("answers/hours.yaml", 7, "'short' is missing or empty"),
        ("answers/old.yml", 0, "rename it to old.yaml"),
        ("answers/orphan.yaml", 0, "has no partner"),
        ("answers/orphan.yaml", 3, "'lost' is no intent"),
        ("intents/broken.yaml", 0, "has no partner"),
        ("intents/broken.yaml", 2, "is not valid YAML"),
        ("intents/hours.yaml", 4, "'title' is missing or empty"),
        ("intents/hours.yaml", 5, "'titel' is not a key that is known here"),
        ("intents/hours.yaml", 8, "'Holi-days' has no entry"),
        ("intents/hours.yaml", 8, "'Holi-days' is not a good id"),
        ("intents/lonely.yaml", 0, "has no partner"),
        ("intents/lonely.yaml", 1, "topic 'other' must be named as its file, 'lonely'"),
        ("intents/lonely.yaml", 3, "'intents' must be a mapping of names"),
    ]
    found = places(root, problems)

    assert [(file, line) for file, line, _ in found] == [(file, line) for file, line, _ in expected]
    assert [message for (_, _, message), (_, _, part) in zip(found, expected, strict=True) if part not in message] == []


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("topic: hours\n", "", 1, "'topic' is missing"),
        ("title: Opening hours\n", "", 1, "'title' is missing"),
        ("topic: hours", "topic: hours\nauthor: me", 2, "'author' is not a key that is known here"),
        ("      - what are your hours\n", "", 6, "'phrasings' is missing or empty"),
        ("- what are your hours", '- ""', 7, "an item of 'phrasings' is empty"),
        ("- what are your hours", "-", 7, "an item of 'phrasings' is empty"),
        ("- what are your hours", "- [what]", 7, "an item of 'phrasings' must be one text"),
        ("- what are your hours", "- is it: now", 7, "an item of 'phrasings' must be one text"),
        ("title: When are you open?", "title: [When]", 5, "'title' must be one text"),
        ("  holidays:\n", "  opening_hours:\n", 8, "'opening_hours' stands here a second time (first on line 4)"),
        ("    title: When", "    reads_right_for: [sideways]\n    title: When", 5, "'reads_right_for' knows negated"),
        ("    title: When", "    about: ketamine\n    title: When", 5, "'about' must be a list"),
    ],
)
def test_a_slip_in_intents_is_reported_with_its_line(
    content: BuildContent, old: str, new: str, line: int, message: str
) -> None:
    assert old in INTENTS
    root = content({"intents/hours.yaml": INTENTS.replace(old, new, 1)})
    _, problems = read(root)
    found = [(p.path.relative_to(root).as_posix(), p.line) for p in problems if message in p.message]

    assert ("intents/hours.yaml", line) in found


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (
            "  holidays:\n    short: No.\n    text: We are closed on public holidays.\n",
            "",
            None,
            "'holidays' has no entry",
        ),
        ("    short: No.", "    short:", 8, "'short' is missing or empty"),
        ("    short: No.", "    short: No.\n    shrot: No.", 9, "'shrot' is not a key that is known here"),
        ("    short: No.", "    short: No.\n    short: No.", 9, "'short' stands here a second time"),
        ("    short: No.", "    short: No.\n    closing: hugs", 9, "'closing' must be one of: emergency_line"),
        ("    short: No.", "    short: No.\n    sources: [A]", 9, "a mapping (key: value) belongs here"),
        ("    short: No.", "    short: No.\n    sources: [{document: A}]", 9, "'section' is missing"),
        ("    short: No.", "    short: No.\n    reviewed: yes", 9, "a mapping (key: value) belongs here"),
        ("    short: No.", "    short: No.\n    reviewed: {on: 2026-01-01}", 9, "'role' is missing"),
    ],
)
def test_a_slip_in_answers_is_reported_with_its_line(
    content: BuildContent, old: str, new: str, line: int | None, message: str
) -> None:
    assert old in ANSWERS
    root = content({"answers/hours.yaml": ANSWERS.replace(old, new, 1)})
    _, problems = read(root)

    found = [p for p in problems if message in p.message]
    assert found
    assert found[0].line == (line or 8)
    assert found[0].path.parent.name == ("answers" if line else "intents")


def test_one_intent_in_two_files_is_reported_where_it_stands_again(content: BuildContent) -> None:
    again = "topic: more\ntitle: More\nintents:\n  holidays:\n    title: Closed?\n    phrasings: [are you closed]\n"
    root = content(
        {
            "intents/more.yaml": again,
            "answers/more.yaml": "topic: more\nanswers:\n  holidays: {short: a, text: b}\n",
        }
    )
    _, problems = read(root)

    found = [place for place in places(root, problems) if place[:2] == ("intents/more.yaml", 4)]
    assert len(found) == 1
    assert "'holidays'" in found[0][2]
    assert "hours.yaml, line 8" in found[0][2]


def test_an_entry_in_the_wrong_file_is_sent_home(content: BuildContent) -> None:
    root = content(
        {
            "intents/more.yaml": MORE,
            "answers/more.yaml": MORE_ANSWERS + "  holidays: {short: a, text: b}\n",
        }
    )
    _, problems = read(root)

    assert ("answers/more.yaml", 4, "'holidays' is an intent of hours.yaml: move its entry there") in places(
        root, problems
    )


def test_an_entry_in_two_files_is_reported(content: BuildContent) -> None:
    root = content(
        {
            "intents/more.yaml": MORE,
            "answers/more.yaml": MORE_ANSWERS,
            "answers/hours.yaml": ANSWERS + "  more: {short: c, text: d}\n",
        }
    )
    _, problems = read(root)

    assert [p.path.name for p in problems] == ["hours.yaml"]


@pytest.mark.parametrize(("name", "home"), [("intents/regions.yaml", "answers"), ("answers/lexicon.yaml", "intents")])
def test_a_file_in_the_wrong_folder_is_sent_home(content: BuildContent, name: str, home: str) -> None:
    root = content({name: "entities: {}\n"})
    _, problems = read(root)

    assert places(root, problems) == [(name, 0, f"is not read here: move it to {home}/")]


def test_a_broken_file_of_answers_is_the_only_problem_that_it_makes(content: BuildContent) -> None:
    root = content({"answers/hours.yaml": "answers: [\n"})
    _, problems = read(root)

    assert [place[0] for place in places(root, problems)] == ["answers/hours.yaml"]


@pytest.mark.parametrize("name", ["intents", "answers"])
def test_a_missing_folder_is_named(content: BuildContent, name: str) -> None:
    root = content()
    for file in (root / name).iterdir():
        file.unlink()
    (root / name).rmdir()
    _, problems = read(root)

    assert (name, 0) in [place[:2] for place in places(root, problems)]


def test_a_folder_without_intents_says_what_to_write(tmp_path: Path) -> None:
    for name in ("intents", "answers"):
        (tmp_path / name).mkdir()
    _, problems = read(tmp_path)

    assert [(p.path, p.message.partition(":")[0]) for p in problems] == [(tmp_path / "intents", "holds no intents")]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("entities:\n  ket: {aliases: [k]}\n", 2, "'kind' is missing"),
        ("entities:\n  ket: {kind: drug, colour: red}\n", 2, "'colour' is not a key"),
        ("entities:\n  ket: {kind: drug, covered: maybe}\n", 2, "'covered' must be true or false"),
        ("entities: [ket]\n", 1, "'entities' must be a mapping of names"),
        ("entities:\n  ket: {kind: drug}\n  ket: {kind: drug}\n", 3, "'ket' stands here a second time"),
        ("synonyms: {a: b}\n", 1, "'synonyms' must be a list of lists"),
        ("synonyms: [[a, b], c]\n", 1, "a group of synonyms must be a list"),
        ("slips: [a]\n", 1, "'slips' must be a mapping"),
        ("synonyms: [[a, b]]\nextra: 1\n", 2, "'extra' is not a key"),
    ],
)
def test_a_slip_in_the_lexicon_is_reported_with_its_line(
    content: BuildContent, text: str, line: int, message: str
) -> None:
    root = content({"intents/lexicon.yaml": text})
    _, problems = read(root)

    assert [(p.path.name, p.line) for p in problems if message in p.message] == [("lexicon.yaml", line)]


def test_an_entity_answers_to_its_id_and_its_name(kb: BuildKB) -> None:
    base = kb(
        "a: {title: A?, phrasings: [a]}",
        lexicon="entities:\n  nitrous_oxide: {kind: drug, name: Laughing gas, aliases: [NOS], covered: false}\n",
    )
    entity = base.lexicon.entities["nitrous_oxide"]

    assert entity.aliases == ("nitrous oxide", "laughing gas", "nos")
    assert entity.name == "Laughing gas"
    assert not entity.covered


def test_a_lineage_ends_even_where_classes_hold_each_other(kb: BuildKB) -> None:
    base = kb(
        "a: {title: A?, phrasings: [a]}",
        lexicon="entities:\n  a: {kind: x, is: [b]}\n  b: {kind: x, is: [c, a]}\n  c: {kind: x}\n",
    )

    assert list(base.lexicon.lineage("a")) == ["a", "b", "c"]
    assert list(base.lexicon.lineage("nobody")) == ["nobody"]


def test_a_folder_may_change_some_words_of_the_bot_and_keeps_the_others(content: BuildContent) -> None:
    base, problems = read(content({"answers/bot.yaml": "clarify: Which one?\n"}))
    standard, _ = read(shipped())

    assert problems == []
    assert base.voice["clarify"] == "Which one?"
    assert base.voice.keys() == standard.voice.keys()


def test_words_that_the_bot_never_says_are_a_problem(content: BuildContent) -> None:
    _, problems = read(content({"answers/bot.yaml": "clarfy: Which one?\n"}))

    assert [(p.path.name, p.line) for p in problems] == [("bot.yaml", 1)]
    assert "'clarfy' is not a line of the bot" in problems[0].message


def test_the_hash_is_that_of_the_content_and_of_nothing_else(content: BuildContent) -> None:
    first, _ = read(content())
    again, _ = read(content())
    other, _ = read(content({"answers/hours.yaml": ANSWERS.replace("nine", "ten")}))

    assert first.hash == again.hash
    assert first.hash != other.hash


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(
        [
            "intents/hours.yaml",
            "answers/hours.yaml",
            "intents/lexicon.yaml",
            "answers/documents.yaml",
            "answers/bot.yaml",
        ]
    ),
    raw=st.binary(max_size=300),
)
def test_any_bytes_as_a_file_give_a_base_or_problems(content: BuildContent, name: str, raw: bytes) -> None:
    root = content({name: raw})
    base, problems = read(root)
    (root / name).unlink()

    assert problems or base.intents


# A tree of the right words in the wrong places, written as flow YAML.
WORDS = st.sampled_from(["hours", "title", "topic", "phrasings", "opening_hours", "holidays", "short", "no", "~", '""'])
TREES = st.recursive(
    WORDS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
        | st.dictionaries(WORDS, inner, max_size=4).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"
        )
    ),
    max_leaves=12,
)
HEADERS = {
    "intents/hours.yaml": "topic: hours\ntitle: Hours\nintents: ",
    "answers/hours.yaml": "topic: hours\nanswers: ",
    "intents/lexicon.yaml": "entities: ",
    "answers/documents.yaml": "documents: ",
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(HEADERS)), tree=TREES)
def test_any_tree_below_a_header_gives_a_base_or_problems(content: BuildContent, name: str, tree: str) -> None:
    root = content({name: HEADERS[name] + tree})
    base, problems = read(root)
    (root / name).unlink()

    assert problems or base.intents


def test_a_mapping_is_a_base_too() -> None:
    base = KnowledgeBase.from_mapping({"hours": ["when are you open", "opening times", "opening times"]})

    assert base.title("hours") == "when are you open"
    assert base.intents["hours"].phrasings == ("when are you open", "opening times")
    assert base.lexicon == Lexicon()
    assert base.hash == KnowledgeBase.from_mapping({"hours": ["when are you open", "opening times"]}).hash


def test_a_mapping_with_empty_phrasings_is_refused_whole() -> None:
    with pytest.raises(ContentError) as caught:
        KnowledgeBase.from_mapping({"a": [], "b": ["fine"], "c": [" "], "": ["x"], "d": "one text"})

    assert [p.message.split()[1] for p in caught.value.problems] == ["''", "'a'", "'c'", "'d'"]


def test_the_content_that_ships_has_no_problem() -> None:
    base, problems = read(shipped())

    assert problems == []
    assert base.intents.keys() == base.entries.keys()
