from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from bot.knowledge.suites import NOTHING, read_suites

SUITE = """\
    suite: hours
    questions:
      - question: when do you open
        intent: opening_hours
      - {question: no, intent: [opening_hours, holidays], style: terse, like: what are your hours}
      - {question: sing a song, intent: nothing}
      - {question: i took too much, intent: {safety: overdose_emergency}}
      - {question: hello, must_not: [safety], known_miss: greets only}
    """


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return path


def test_a_question_says_what_is_right_for_it(tmp_path: Path) -> None:
    questions, problems = read_suites([written(tmp_path / "hours.yaml", SUITE)])

    assert problems == []
    assert [q.question for q in questions] == [
        "when do you open", "no", "sing a song", "i took too much", "hello",
    ]  # fmt: skip
    assert [q.intents for q in questions] == [("opening_hours",), ("opening_hours", "holidays"), (NOTHING,), (), ()]
    assert [q.safety for q in questions] == ["", "", "", "overdose_emergency", ""]
    assert (questions[4].must_not, questions[4].known_miss) == (("safety",), "greets only")
    assert (questions[1].style, questions[1].like) == ("terse", "what are your hours")
    assert [(q.suite, q.place.line) for q in questions] == [("hours", line) for line in (3, 5, 6, 7, 8)]


def test_a_folder_is_read_with_all_below_it_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b/one.yaml", "a.yaml", "c.yaml"):
        written(tmp_path / name, "questions:\n  - {question: q, intent: i}\n")
    questions, _ = read_suites([tmp_path])

    assert [q.suite for q in questions] == ["a", "one", "c"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("questions:\n  - {intent: a}\n", 2, "'question' is missing or empty"),
        ("questions:\n  - {question: a}\n", 2, "expects nothing: give 'intent', 'parts', 'handover' or 'must_not'"),
        ("questions:\n  - {question: a, intnet: b, must_not: [c]}\n", 2, "'intnet' is not a key that is known here"),
        ("questions:\n  - {question: a, intent: {safty: b}}\n", 2, "'safety' is missing or empty"),
        ("questions:\n  - just text\n", 2, "a mapping (key: value) belongs here"),
        ("questions: many\n", 1, "'questions' must be a list of mappings"),
        ("question: a\n", 1, "'question' is not a key that is known here"),
        ("- a\n", 1, "must hold a mapping"),
        ("", 0, "the file is empty"),
    ],
)
def test_a_slip_in_a_suite_is_a_problem_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = written(tmp_path / "suite.yaml", text)
    _, problems = read_suites([path])

    assert [(p.path, p.line) for p in problems if message in p.message] == [(path, line)]


def test_a_missing_suite_is_a_problem(tmp_path: Path) -> None:
    questions, problems = read_suites([tmp_path / "gone.yaml"])

    assert questions == []
    assert [p.message.startswith("cannot be read") for p in problems] == [True]
