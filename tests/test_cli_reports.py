"""The commands that report on content and settings: check, test, topics, config."""

from __future__ import annotations

import json

import pytest

from bot.cli import main
from tests.conftest import BuildContent

SUITE = """\
suite: hours
questions:
  - {question: what are your hours, intent: opening_hours}
  - {question: who won the cup final, intent: nothing}
"""
MISSES = """\
suite: misses
questions:
  - {question: who won the cup final, intent: opening_hours, known_miss: it knows no football}
  - {question: who won the league, intent: opening_hours}
  - {question: what are your hours, must_not: [opening_hours], known_miss: it is harmful all the same}
  - {question: what are your hours, intent: opening_hours, known_miss: it was mended}
"""


def test_content_in_order_is_counted(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    assert main(["check", "--content", str(content())], {}) == 0
    assert capsys.readouterr().out.startswith("No problems: 1 topic, 2 intents, 2 phrasings.")


def test_problems_of_the_content_are_findings(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    folder = content({"answers/hours.yaml": "topic: hours\nanswers:\n  holidays: {short: No., txet: No.}\n"})

    code = main(["check", "--content", str(folder)], {})

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert lines[0].startswith(f"{folder}/answers/hours.yaml:3: 'text' is missing")
    assert lines[-1] == "3 problems"


def test_topics_are_listed_with_their_questions(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    assert main(["topics", "--content", str(content())], {}) == 0
    assert capsys.readouterr().out == "Opening hours\n  - When are you open?\n  - Are you open on holidays?\n"


def test_the_suites_of_the_content_are_asked(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    assert main(["test", "--content", str(content({"tests/questions/hours.yaml": SUITE}))], {}) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "hours          2      2             0      0        0",
        "all            2      2             0      0        0",
    ]


def test_what_failed_is_listed_and_known_misses_are_counted(
    capsys: pytest.CaptureFixture[str], content: BuildContent
) -> None:
    folder = content({"tests/questions/misses.yaml": MISSES})
    suite = folder / "tests" / "questions" / "misses.yaml"

    code = main(["test", "--content", str(folder), str(suite)], {})

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert lines[:3] == [
        f"{suite}:4: 'who won the league' wants opening_hours, and got decline",
        f"{suite}:5: 'what are your hours' wants not opening_hours, and got opening_hours",
        f"{suite}:6: 'what are your hours' is right now: take its known_miss out",
    ]
    assert lines[-3:] == [
        "suite   questions  right  known misses  wrong  harmful",
        "misses          4      1             1      2        1",
        "all             4      1             1      2        1",
    ]


def test_the_report_is_there_as_json(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    folder = content({"tests/questions/misses.yaml": MISSES})

    code = main(["test", "--json", "--content", str(folder)], {})

    report = json.loads(capsys.readouterr().out)
    assert code == 1
    assert report["suites"][0] == {
        "suite": "misses", "questions": 4, "right": 1, "known_misses": 1, "wrong": 2, "harmful": 1,
    }  # fmt: skip
    assert [(found["line"], found["given"], found["harmful"]) for found in report["wrong"]] == [
        (4, "decline", False),
        (5, "opening_hours", True),
    ]


def test_a_known_miss_alone_does_not_fail_the_test(content: BuildContent) -> None:
    known = "suite: known\nquestions:\n  - {question: who won the cup final, intent: holidays, known_miss: why not}\n"

    assert main(["test", "--content", str(content({"tests/questions/known.yaml": known}))], {}) == 0


def test_check_reads_the_suites_too(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    folder = content({"tests/questions/bad.yaml": "suite: bad\nquestions:\n  - {question: hours}\n"})

    assert main(["check", "--content", str(folder)], {}) == 1
    assert "bad.yaml:3: expects nothing: give 'intent', 'parts', 'handover' or 'must_not'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ("intent: openin_hours", "'openin_hours' is no intent of this content: mend the name or take it out"),
        ("intent: [holidays, holliday]", "'holliday' is no intent of this content"),
        ("parts: [holidays, [holliday]]", "'holliday' is no intent of this content"),
        ("intent: {safety: nonsense}", "'nonsense' is no category of safety: use overdose_emergency, suicide_crisis"),
        ("must_not: [safety, holidais]", "'holidais' is no intent of this content"),
    ],
)
def test_a_question_of_a_suite_names_only_what_there_is(
    capsys: pytest.CaptureFixture[str], content: BuildContent, expected: str, message: str
) -> None:
    suite = (
        f"suite: bad\nquestions:\n  - {{question: holidays, intent: holidays}}\n  - {{question: hours, {expected}}}\n"
    )
    folder = content({"intents/alarms.yaml": "alarms: off\n", "tests/questions/bad.yaml": suite})

    assert main(["check", "--content", str(folder)], {}) == 1
    assert f"bad.yaml:4: {message}" in capsys.readouterr().out


def test_where_there_are_no_suites_that_is_said(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    folder = content()

    assert main(["test", "--content", str(folder)], {}) == 0
    assert capsys.readouterr().out.startswith(f"There are no questions in {folder}/tests/questions: write some")


@pytest.mark.parametrize("suite", ["suite: bad\nquestions:\n  - {question: hours}\n", "questions: [", ""])
def test_a_suite_that_cannot_be_read_is_a_finding(
    capsys: pytest.CaptureFixture[str], content: BuildContent, suite: str
) -> None:
    folder = content({"tests/questions/bad.yaml": suite})

    assert main(["test", "--content", str(folder)], {}) == 1
    assert f"{folder}/tests/questions/bad.yaml" in capsys.readouterr().out


def test_a_missing_suite_is_a_finding(content: BuildContent) -> None:
    assert main(["test", "--content", str(content()), "no/such/suite.yaml"], {}) == 1


def test_content_that_does_not_load_fails_the_test(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    assert main(["test", "--content", str(content({"intents/hours.yaml": "- a list"}))], {}) == 1
    assert "intents/hours.yaml:1: the file must hold a mapping" in capsys.readouterr().out


def test_config_says_what_is_set_and_where(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    folder = str(content())

    assert main(["config", "--region", "uk"], {"FAQBOT_CONTENT": folder, "FAQBOT_REGOIN": "US"}) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row for row in rows if row[:1] != ["cache"]][:3] == [
        ["setting", "value", "from"],
        ["content", folder, "FAQBOT_CONTENT"],
        ["region", "uk", "--region"],
    ]
    assert rows[-1][0] == "FAQBOT_REGOIN"
