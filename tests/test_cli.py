from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.cli import main, names
from tests.conftest import BuildContent

ROOT = Path(__file__).parents[1]
FAQBOT = (sys.executable, "-m", "bot")


def spawn(*arguments: str, environment: Mapping[str, str] = {}) -> subprocess.Popen[str]:
    """`faqbot` as a process of its own, with pipes for all it reads and writes."""
    return subprocess.Popen(
        [*FAQBOT, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="surrogateescape",
    )


def test_an_answer_in_a_pipe_is_plain_markdown(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    code = main(["ask", "--content", str(content()), "what are your hours"], {})

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "We are open from nine to five.",
        "",
        "You could ask next:",
        "",
        "1. Are you open on holidays?",
    ]


def test_a_question_needs_no_quotes(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    assert main(["ask", "what", "are", "your", "hours", "--content", str(content())], {}) == 0


def test_settings_may_stand_before_the_command(content: BuildContent) -> None:
    assert main(["--content", str(content()), "ask", "what are your hours"], {}) == 0


def test_the_content_may_come_from_the_environment(content: BuildContent) -> None:
    assert main(["ask", "what are your hours"], {"FAQBOT_CONTENT": str(content())}) == 0


def test_a_decline_is_no_answer(content: BuildContent) -> None:
    assert main(["ask", "--content", str(content()), "who won the cup final"], {}) == 1


def test_json_is_the_reply_as_every_channel_gives_it(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    main(["ask", "--content", str(content()), "--json", "what are your hours"], {})

    reply = json.loads(capsys.readouterr().out)
    assert (reply["kind"], reply["parts"][0]["intent"]) == ("answer", "opening_hours")
    assert reply["choices"] == [{"title": "Are you open on holidays?", "intent": "holidays"}]
    assert "explanation" not in reply


def test_explain_says_word_by_word_what_was_read(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    main(["ask", "--content", str(content()), "--explain", "what are your huors"], {})

    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("| huors ") and "| hours " in line for line in lines)
    assert any(line.startswith("1. When are you open? (opening_hours)") for line in lines)


def test_explain_is_in_the_json_too(capsys: pytest.CaptureFixture[str], content: BuildContent) -> None:
    main(["ask", "--content", str(content()), "--json", "--explain", "what are your huors"], {})

    explanation = json.loads(capsys.readouterr().out)["explanation"]
    assert explanation["questions"][0]["corrections"] == {"huors": "hours"}
    assert explanation["questions"][0]["candidates"][0]["intent"] == "opening_hours"


def test_questions_from_standard_input_are_answered_as_they_come(content: BuildContent) -> None:
    with spawn("ask", "--json", "-", "--content", str(content())) as process:
        assert process.stdin
        assert process.stdout
        kinds = []
        for question in ("what are your hours\n", "\nwho won the cup final\n"):
            process.stdin.write(question)
            process.stdin.flush()
            kinds.append(json.loads(process.stdout.readline())["kind"])
        rest, errors = process.communicate()

    assert kinds == ["answer", "decline"]
    assert (rest, errors, process.returncode) == ("", "", 1)


@pytest.mark.parametrize("rubbish", ["\udcff\udcfe\n", "\0\n", "\u202e\u200b\n", "{[(\n"])
def test_rubbish_on_standard_input_is_declined(content: BuildContent, rubbish: str) -> None:
    with spawn("ask", "--json", "-", "--content", str(content())) as process:
        shown, errors = process.communicate(rubbish)

    assert (json.loads(shown)["kind"], errors, process.returncode) == ("decline", "", 1)


def test_a_narrow_encoding_stops_nothing(content: BuildContent) -> None:
    folder = content({"answers/bot.yaml": "follow_ups_line: Ask “next”\n"})
    with spawn("ask", "hours", "--content", str(folder), environment={"PYTHONIOENCODING": "ascii"}) as process:
        shown, errors = process.communicate()

    assert "Ask ?next?" in shown
    assert (errors, process.returncode) == ("", 0)


def test_a_reader_that_leaves_early_is_no_error(content: BuildContent) -> None:
    with spawn("ask", "-", "--content", str(content())) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("hours\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write("hours\n" * 100)
        process.stdin.close()
        code = process.wait()
        assert process.stderr
        errors = process.stderr.read()

    assert (errors, code) == ("", 128 + signal.SIGPIPE)


def test_an_interrupt_ends_it_quietly(content: BuildContent) -> None:
    with spawn("ask", "-", "--content", str(content())) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("hours\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()

    assert (errors, process.returncode) == ("", 128 + signal.SIGINT)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
def test_a_full_disk_is_told_in_a_line(content: BuildContent) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*FAQBOT, "ask", "hours", "--content", str(content())],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert (done.stderr.count("\n"), done.returncode) == (1, 2)
    assert done.stderr.startswith("faqbot: cannot read or write")


def test_content_that_does_not_load_is_told_problem_by_problem(
    capsys: pytest.CaptureFixture[str], content: BuildContent
) -> None:
    folder = content({"answers/hours.yaml": "topic: hours\nanswers:\n  holidays:\n    short: No.\n"})

    code = main(["ask", "--content", str(folder), "what are your hours"], {})

    problems = capsys.readouterr().err.splitlines()
    assert code == 2
    assert len(problems) == 2
    assert problems[0].startswith(f"{folder}/answers/hours.yaml:3: 'text' is missing")
    assert problems[1].startswith(f"{folder}/intents/hours.yaml:4: 'opening_hours' has no entry")


def test_a_setting_that_cannot_be_used_is_refused_at_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"], {"FAQBOT_CONTENT": "nowhere"}) == 2
    assert capsys.readouterr().err.startswith("faqbot: FAQBOT_CONTENT: 'nowhere' is not a folder")


def test_a_misspelt_command_gets_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["tpics"], {})

    assert caught.value.code == 2
    assert "there is no command 'tpics'; did you mean 'topics'?" in capsys.readouterr().err


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], {}) == 2
    assert "commands:\n  ask " in capsys.readouterr().err


@pytest.mark.parametrize("command", names())
def test_the_help_of_every_command_has_a_summary_and_examples(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"], {})

    help_text = capsys.readouterr().out
    assert caught.value.code == 0
    assert f"examples:\n  faqbot {command}" in help_text
    assert "--content DIR" in help_text
    assert "--region REGION" in help_text


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"], {})

    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("faqbot ")
