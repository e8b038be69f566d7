from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from bot.errors import Problem
from bot.interval import binomial_interval
from bot.knowledge.parse import read_yaml
from bot.knowledge.patterns import Grammar, PatternError, keys
from bot.knowledge.rules import Safety, read_safety
from bot.knowledge.source import Fields
from bot.safety import Alarms

ALARMS = """\
lists:
  person: [he, she]
  state: [out cold, not moving]
rules:
  - id: od.state
    category: overdose_emergency
    any: ["{person} {state}"]
    match: [he is out cold, she is not moving, he went out cold]
    no_match: [it is cold out, she moves]
    why: somebody does not move
    reviewed: null
"""
REPLIES = """\
replies:
  overdose_emergency:
    first: "Call {emergency} now."
    full: [Stay with them.]
    short: [Stay.]
    more: [Stay.]
numbers_line: "{emergency}, {crisis}"
disclosure: I am a program.
acknowledged: Thank you.
parting: Take care.
fallback: ["Call {emergency}."]
"""
REGIONS = """\
regions:
  unknown:
    label: Nowhere
    emergency: {label: E, say: "112", number: "112", kind: call, checked_on: 2026-11-21}
    crisis: {label: C, say: "113", number: "113", kind: call, checked_on: 2026-11-21}
    poison: {label: P, say: a pharmacist, checked_on: 2026-11-21}
    treatment: {label: T, say: a clinic, checked_on: 2026-11-21}
"""


def read(
    tmp_path: Path, alarms: str = ALARMS, replies: str = REPLIES, regions: str = REGIONS
) -> tuple[Safety | None, list[Problem]]:
    files = {"intents/alarms.yaml": alarms, "answers/alarms.yaml": replies, "answers/regions.yaml": regions}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(dedent(text), encoding="utf-8")
    problems: list[Problem] = []

    def open_file(folder: str, name: str) -> Fields | None:
        path = tmp_path / folder / name
        node = read_yaml(path, problems.append) if path.exists() else None
        return Fields(path, node, problems.append) if node else None

    return read_safety(open_file), problems


def messages(problems: list[Problem]) -> list[str]:
    return [problem.message for problem in problems]


def test_a_small_base_of_alarms_reads_and_screens(tmp_path: Path) -> None:
    safety, problems = read(tmp_path)

    assert problems == []
    assert safety is not None
    found = Alarms(safety).screen("help, he is just out cold")
    assert found is not None
    assert found.rules == ("od.state",)
    assert safety.fallbacks == {"unknown": "Call 112."}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{person} {state}", "{person} {stat}", "there is no list 'stat'"),
        ("{person} {state}", "{person} (a|b", "'{person} (a|b' lacks a closing bracket"),
        ("[he, she]", '["{person}"]', "the list 'person' holds itself: person > person"),
        (
            "reviewed: null",
            "reviewed: null\n    block: [ok]",
            "'od.state' must not use 'block': narrow an alarm with 'require'",
        ),
        (", he went out cold]", "]", "'od.state' needs 3 cases under 'match'"),
        ("overdose_emergency", "dosing", "'category' must be one of: overdose_emergency, suicide_crisis; not 'dosing'"),
        ("reviewed: null", "reviewed: null\n    gap: many", "'gap' must be a number of words from 0 to 60, not 'many'"),
        ("reviewed: null", "reviewed: null\n    speed: 3", "'speed' is not a key that is known here"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said(old: str, new: str, message: str, tmp_path: Path) -> None:
    _, problems = read(tmp_path, ALARMS.replace(old, new))

    assert any(found.startswith(message) for found in messages(problems)), messages(problems)
    assert all(problem.line for problem in problems)


def test_two_rules_may_not_share_an_id(tmp_path: Path) -> None:
    _, problems = read(tmp_path, ALARMS + ALARMS.split("rules:\n")[1])

    assert messages(problems) == [
        "the rule id 'od.state' stands here a second time: ids name rules in logs, keep each once"
    ]


def test_a_region_without_an_emergency_number_is_a_problem(tmp_path: Path) -> None:
    broken = "\n".join(line for line in REGIONS.splitlines() if "emergency" not in line)
    _, problems = read(tmp_path, regions=broken)

    assert messages(problems) == ["the region 'unknown' lacks 'emergency': write whom to call"]


def test_the_unknown_region_is_needed(tmp_path: Path) -> None:
    _, problems = read(tmp_path, regions=REGIONS.replace("unknown:", "US:"))

    assert messages(problems) == ["the region 'unknown' is missing: it answers where no region is set"]


def test_a_reply_may_not_have_too_many_lines(tmp_path: Path) -> None:
    _, problems = read(tmp_path, replies=REPLIES.replace("full: [Stay with them.]", "full: [a, b, c, d, e, f]"))

    assert messages(problems) == ["'overdose_emergency' may have 5 lines under 'full': move one to 'more'"]


def test_a_word_matches_with_its_endings_and_an_exact_word_does_not() -> None:
    pattern = Grammar({}).pattern("wake =his")

    assert pattern.elements == (frozenset({("~wake",)}), frozenset({("=his",)}))
    assert "~wake" in keys("waking")


def test_a_choice_holds_phrases_lists_and_optional_words() -> None:
    pattern = Grammar({"drug": ["k", "special k"]}).pattern("(took (a|the)? {drug}|snorted)")

    assert len(pattern.elements[0]) == 7


def test_a_verb_and_its_not_are_one_word() -> None:
    assert Grammar({}).pattern("(can't wake)").elements == Grammar({}).pattern("(can not wake)").elements


@pytest.mark.parametrize("text", ["", "a) b", "{x", "a | b"])
def test_a_pattern_that_cannot_be_read_says_so(text: str) -> None:
    with pytest.raises(PatternError):
        Grammar({}).pattern(text)


def test_bounds_of_a_share_are_those_of_the_tables() -> None:
    low, high = binomial_interval(5, 10)

    assert (round(low, 4), round(high, 4)) == (0.1871, 0.8129)
    assert binomial_interval(10, 10)[1] == 1.0


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("category: overdose_emergency", "category: suicide_crisis", 5),
        ("rules:\n", "cases: {suicide_crisis: [he wants to die]}\nrules:\n", 4),
    ],
)
def test_every_category_that_can_be_raised_has_a_reply(old: str, new: str, line: int, tmp_path: Path) -> None:
    _, problems = read(tmp_path, ALARMS.replace(old, new))

    assert [(p.path.name, p.line, p.message) for p in problems] == [
        (
            "alarms.yaml",
            1,
            f"'suicide_crisis' has no reply, and alarms.yaml, line {line}, raises it: add it under 'replies'",
        )
    ]


@pytest.mark.parametrize(
    ("name", "category", "message"),
    [
        ("alarm_phrasings.yaml", "suicide_crisis", "add it under 'replies'"),
        ("refusal_phrasings.yaml", "dosing", "write answers/refusals.yaml with a reply to it"),
    ],
)
def test_a_category_of_phrasings_needs_a_reply_too(name: str, category: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / name).write_text(f"phrasings:\n  {category}: [so it is said]\n", encoding="utf-8")
    _, problems = read(tmp_path)

    assert messages(problems) == [f"{category!r} has no reply, and {name}, line 2, raises it: {message}"]
    assert [problem.path.parent.name for problem in problems] == ["answers"]


def test_the_fallback_may_not_have_too_many_lines(tmp_path: Path) -> None:
    _, problems = read(tmp_path, replies=REPLIES.replace('["Call {emergency}."]', "[a, b, c, d, e, f, g]"))

    assert messages(problems) == ["'fallback' may have 6 lines: shorten it"]
