"""The commands of the conversation log: stats, gaps, export, purge, forget."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main, names
from bot.privacy import hashed
from bot.record import Log, Turn
from tests.conftest import BuildContent

SALT = "a secret of the tests"
NOW = datetime.now(UTC)
Run = Callable[..., tuple[int, str]]


def turn(number: int, *, person: str = "203.0.113.7", days: float = 1, text: str = "what are your hours") -> Turn:
    return Turn(
        f"t{number}", "web", "answer", "0" * 16, 4.0, text, hashed(person, SALT), None, ("opening_hours",), (),
        (90.0,), time=NOW - timedelta(days=days),
    )  # fmt: skip


def declined(number: int, text: str) -> Turn:
    return replace(
        turn(number, person=f"p{number}", text=text), kind="decline", intents=(), near=("holidays",), scores=(9.0,)
    )


@pytest.fixture
def filled(url: str) -> str:
    """The URL of a log with answers of two persons, and a gap."""
    with Log.open(url) as log:
        for one in (turn(1, days=40), turn(2), turn(3, person="bob", text="=cmd() hours")):
            log.write(one)
        for number in range(4, 7):
            log.write(declined(number, "do you take insurance"))
        log.give_feedback("t2", helpful=True, comment="fine, jo@example.org")
        log.hand_over("t3", "asked", "opened")
    return url


@pytest.fixture
def run(content: BuildContent, filled: str, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str, salt: str = SALT) -> tuple[int, str]:
        environment = {"FAQBOT_DATABASE_URL": filled, "FAQBOT_SECRET": salt, "FAQBOT_CACHE": "off"}
        code = main([arguments[0], "--content", str(content()), *arguments[1:]], environment)
        return code, capsys.readouterr().out

    return run


def test_stats_tell_what_was_asked(run: Run) -> None:
    code, said = run("stats")

    assert code == 0
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert lines[:5] == [
        "questions 5",
        "answered 2 40.0 %",
        "asked back 0 0.0 %",
        "declined 3 60.0 %",
        "safety 0 0.0 %",
    ]
    assert "resolved: 50.0 % (1 of 2; 95 % sure of 1.3 % to 98.7 %); of these, 1 still within seven days" in lines
    assert "feedback: 1 helpful, 0 not helpful" in lines
    assert "hand-overs, by reason: asked 1" in lines
    assert "When are you open? 2 0 0 1 0 1 of 2" in lines


def test_stats_reach_as_far_back_as_they_are_told_to(run: Run) -> None:
    assert json.loads(run("stats", "--json")[1])["turns"] == 5
    assert json.loads(run("stats", "--json", "--since", "8w")[1])["turns"] == 6
    assert "Nothing was asked since" in run("stats", "--since", "1h")[1]


def test_stats_write_a_page(run: Run, tmp_path: Path) -> None:
    code, said = run("stats", "--html", str(tmp_path / "report.html"))

    assert (code, said) == (0, f"written to {tmp_path / 'report.html'}\n")
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")


def test_gaps_are_told_with_what_to_paste(run: Run) -> None:
    code, said = run("gaps")

    assert code == 0
    assert said.splitlines()[:8] == [
        "1. “do you take insurance”: 3 questions in 3 conversations (3 declined)",
        "   nothing in the content comes near: a new intent",
        "   intents/TOPIC.yaml, below intents:",
        "  insurance:",
        "    title: Do you take insurance?",
        "    phrasings:",
        "      - do you take insurance",
        "   answers/TOPIC.yaml, below answers:",
    ]
    assert "words of your own" in said


def test_gaps_come_from_as_many_conversations_as_are_wanted(run: Run) -> None:
    assert run("gaps", "--min", "4") == (0, "No gap comes from 4 conversations or more.\n")
    assert len(json.loads(run("gaps", "--json")[1])["gaps"]) == 1


def test_the_log_is_exported_a_turn_a_line(run: Run) -> None:
    code, said = run("export", "--since", "7d")

    turns = {one["turn"]: one for one in map(json.loads, said.splitlines())}
    assert code == 0
    assert turns.keys() == {"t2", "t3", "t4", "t5", "t6"}
    assert (turns["t2"]["helpful"], turns["t2"]["comment"]) == (True, "fine, [e-mail]")
    assert [one["result"] for one in turns["t3"]["handovers"]] == ["opened"]
    assert datetime.fromisoformat(turns["t2"]["time"]) == turn(2).time


def test_a_table_holds_nothing_that_a_spreadsheet_would_run(run: Run) -> None:
    code, said = run("export", "--csv")

    texts = [row["text"] for row in csv.DictReader(io.StringIO(said))]
    assert code == 0
    assert len(texts) == 6
    assert "'=cmd() hours" in texts


def test_what_is_old_is_purged(run: Run) -> None:
    assert run("purge")[1].startswith("deleted: 1 turn from before")
    assert run("purge", "--older-than", "2d")[1].startswith("deleted: 0 turns")
    assert run("purge", "--older-than", "12h")[1].startswith("deleted: 5 turns")


def test_a_person_is_forgotten(run: Run) -> None:
    assert run("forget", "203.0.113.7") == (0, "deleted: 2 turns\n")
    assert run("forget", "203.0.113.7") == (1, "deleted: 0 turns\n")
    assert run("forget", "--turn", "t3") == (0, "deleted: 1 turn\n")


def test_a_person_can_only_be_found_with_the_secret(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("forget", "203.0.113.7", salt="")[0] == 2
    assert run("forget", "203.0.113.7", salt="another secret of the tests")[0] == 1


@pytest.mark.parametrize("command", ["stats", "gaps", "export", "purge", "forget"])
def test_a_log_that_is_not_there_is_not_made(
    command: str, content: BuildContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path / "state"), "FAQBOT_SECRET": SALT, "FAQBOT_CACHE": "off"}
    arguments = [command, "--content", str(content()), *(["ada"] if command == "forget" else [])]

    assert main(arguments, environment) == 2

    assert f"there is no log at {tmp_path}/state/faqbot/log.db" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("typed", ["7", "seven days", "7y", "-1d", "99999d"])
def test_an_age_that_is_none_is_refused(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["stats", f"--since={typed}"], {})

    assert "is no age: write a number and h, d or w, such as 36h, 7d or 4w" in capsys.readouterr().err


def test_what_is_said_in_the_terminal_is_not_written_down(
    content: BuildContent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"FAQBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'log.db'}", "XDG_STATE_HOME": str(tmp_path / "state")}
    monkeypatch.setattr("sys.stdin", io.StringIO("what are your hours\n"))

    main(["chat", "--content", str(content()), "--cache", "off"], environment)
    main(["ask", "--content", str(content()), "--cache", "off", "what are your hours"], environment)

    assert "nine to five" in capsys.readouterr().out
    assert not {path.name for path in tmp_path.iterdir()} & {"log.db", "state"}


def test_the_commands_of_the_log_are_listed() -> None:
    assert {"stats", "gaps", "export", "purge", "forget"} <= set(names())
