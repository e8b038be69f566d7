from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from bot.channels.terminal import page
from bot.channels.terminal.completion import suggestions
from bot.channels.terminal.conversation import Options, converse
from bot.channels.terminal.layout import rendered
from bot.channels.terminal.screen import plainly
from bot.channels.terminal.session import COMMANDS, Session, begin, take
from bot.channels.terminal.watch import Watch
from bot.decision import Alarmed, Answered
from bot.desks import Conversation
from bot.dialogue import Context
from bot.engine import Bot
from bot.errors import ChannelError, DeskError, Problem
from bot.handover import HandOvers
from bot.knowledge import Source, shipped
from bot.knowledge.parse import read_yaml
from bot.knowledge.read import shipped_voice
from bot.reply import Reply, Resource, Voice
from tests.conftest import BuildContent, write

TITLES = ("When are you open?", "Are you open on holidays?", "Can I pay by card?")


@pytest.fixture
def bot(content: BuildContent) -> Bot:
    return Bot.load(content())


def said(bot: Bot, *typed: str) -> str:
    """The last page of a conversation in which these lines were typed."""
    turn = begin(bot)
    for line in typed:
        turn = take(turn.session, line)
    return turn.page


class Terminal(StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


# A conversation, line by line.


def test_the_opening_says_what_it_is_and_that_nobody_reviewed_it(bot: Bot) -> None:
    opening = begin(bot).page

    assert "Opening hours" in opening
    assert "I am a program, not a clinician. No clinician has reviewed these answers." in opening


def test_a_number_picks_what_was_offered(bot: Bot) -> None:
    assert said(bot, "what are your hours", "1").startswith("No.")


def test_topics_can_be_picked_by_number(bot: Bot) -> None:
    assert "2. Are you open on holidays?" in said(bot, "/topics")
    assert said(bot, "/topics", "2").startswith("No.")


def test_why_explains_the_last_reply(bot: Bot) -> None:
    explained = said(bot, "what are your huors", "/why")

    assert "| huors | hours   |" in explained
    assert "1. When are you open? (opening_hours)" in explained


def test_why_after_a_pick_says_that_nothing_was_guessed(bot: Bot) -> None:
    assert "Are you open on holidays?" in said(bot, "what are your hours", "1", "/why")


def test_why_and_sources_at_the_beginning_have_nothing_to_tell(bot: Bot) -> None:
    assert said(bot, "/why") == bot.kb.voice["why_nothing"]
    assert said(bot, "/sources") == bot.kb.voice["no_sources"]


def test_sources_are_told_by_document_and_section(bot: Bot) -> None:
    sources = (Source("The sign", "Front"), Source("The web", "Home"), Source("The sign", "Back"))
    answer = Answered("opening_hours", "When are you open?", "Nine.", "From nine.", 90.0, sources)
    session = replace(begin(bot).session, reply=Reply((answer,), (), Context(), bot.kb.hash))

    assert take(session, "/sources").page == "Sources:\n\n- The sign: Front; Back\n- The web: Home"


def test_help_lists_every_command(bot: Bot) -> None:
    helped = said(bot, "/help")

    assert [name for name in COMMANDS if f"`/{name}` {bot.kb.voice[f'command_{name}']}" not in helped] == []


def test_a_command_is_known_in_capitals_and_by_its_other_names(bot: Bot) -> None:
    assert said(bot, "/HELP") == said(bot, "/help") == said(bot, "/?") == said(bot, "/")


def test_a_misspelt_command_gets_the_nearest_one(bot: Bot) -> None:
    assert said(bot, "/sorces") == "I do not know /sorces. Did you mean /sources?"
    assert said(bot, "/zzzz") == "I do not know /zzzz. /help lists the commands."


def test_a_message_that_begins_like_a_command_reaches_the_bot(bot: Bot) -> None:
    assert said(bot, "/help what are your hours").startswith("From nine to five.")


def test_an_empty_line_changes_nothing(bot: Bot) -> None:
    session = take(begin(bot).session, "what are your hours").session

    assert take(session, "  ") == take(session, "")
    assert take(session, "").session == session


def test_quit_ends_it(bot: Bot) -> None:
    session = Session(bot, Context())

    assert take(session, "/quit").over
    assert not take(session, "quit").over


def test_short_answers_come_first_and_more_gives_the_whole(bot: Bot) -> None:
    short, whole = said(bot, "what are your hours"), said(bot, "what are your hours", "/more")

    assert short.startswith("From nine to five.")
    assert bot.kb.entries["opening_hours"].text.strip() in whole
    assert whole == said(bot, "what are your hours", "tell me more")


def test_full_shows_the_whole_text_at_once(bot: Bot) -> None:
    session = begin(bot, full=True).session

    assert bot.kb.entries["opening_hours"].text.strip() in take(session, "what are your hours").page


def test_back_goes_to_the_reply_before_and_what_it_offered(bot: Bot) -> None:
    first = said(bot, "what are your hours")

    assert said(bot, "what are your hours", "1", "/back") == first
    assert said(bot, "what are your hours", "1", "/back", "1") == said(bot, "what are your hours", "1")
    assert said(bot, "/back") == bot.kb.voice["no_back"]


def test_going_back_does_not_take_a_flag_back(bot: Bot) -> None:
    turn = begin(bot)
    for line in ("what are your hours", "can i pay by card", "he is not breathing", "/back"):
        turn = take(turn.session, line)

    assert turn.session.context.flag


@pytest.mark.parametrize("suffix", ["md", "json"])
def test_a_conversation_is_saved_to_a_new_file(bot: Bot, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"talk.{suffix}"
    page = said(bot, "what are your hours", f"/save {path}")

    kept = path.read_text(encoding="utf-8")
    assert page == f"Saved in {path}."
    assert "what are your hours" in kept
    assert "From nine to five." in kept
    assert ("We are open from" in kept) is (suffix == "json")  # what was shown is short; the reply as data is whole
    assert path.stat().st_mode & 0o777 == 0o600
    if suffix == "json":
        assert json.loads(kept)[0]["reply"]["kind"] == "answer"


@pytest.mark.parametrize("name", ["talk.txt", "no/such/folder/talk.md", "", "\x00.md"])
def test_what_cannot_be_saved_is_said_and_nothing_is_lost(bot: Bot, name: str) -> None:
    turn = take(take(begin(bot).session, "what are your hours").session, f"/save {name}")

    assert turn.page
    assert "Saved" not in turn.page
    assert turn.session.reply is not None


def test_nothing_is_written_over(bot: Bot, tmp_path: Path) -> None:
    path = write(tmp_path, {"talk.md": "mine"}) / "talk.md"

    assert "File exists" in said(bot, "hi", f"/save {path}")
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_region_can_be_changed_and_an_unknown_one_is_refused(bot: Bot) -> None:
    assert said(bot, "/region UK") == "From now on I give the numbers of UK."
    assert said(bot, "/region Atlantis").startswith("I have no numbers for Atlantis.")
    assert "116 123" in said(bot, "/region uk", "i want to kill myself")


def test_an_alarm_is_heard_behind_a_command_that_takes_a_name(bot: Bot) -> None:
    turn = take(begin(bot).session, "/save i overdosed")

    assert turn.urgent


@pytest.mark.parametrize("line", ["/region UK", "/save {file}"])
def test_a_command_after_an_alarm_is_withheld_only_if_its_own_line_raises_one(
    bot: Bot, tmp_path: Path, line: str
) -> None:
    file = tmp_path / "talk.md"
    turn = take(take(begin(bot).session, "i want to die").session, line.format(file=file))

    assert turn.page in ("From now on I give the numbers of UK.", f"Saved in {file}.")
    assert turn.session.context.flag
    assert not turn.urgent


@pytest.mark.parametrize("line", ["/quit now", "/back 2", "/WHY is that"])
def test_stray_words_after_a_command_are_told_how_it_is_used(bot: Bot, line: str) -> None:
    turn = take(begin(bot).session, line)

    assert not turn.over
    assert turn.page.startswith(f"Type {line.split()[0].lower()} by itself: it ")


def test_the_suffix_of_a_transcript_may_be_in_capitals(bot: Bot, tmp_path: Path) -> None:
    said(bot, "what are your hours", f"/save {tmp_path / 'TALK.JSON'}")

    assert json.loads((tmp_path / "TALK.JSON").read_text(encoding="utf-8"))[0]["message"] == "what are your hours"


def test_a_transcript_has_what_was_shown_with_its_sources(bot: Bot) -> None:
    answer = Answered("opening_hours", "When?", "Nine.", "From nine to five.", 90.0, (Source("The sign", "Front"),))
    reply = Reply((answer,), (), Context(), bot.kb.hash)

    assert page.kept(reply, Voice(bot.kb), full=False) == "Nine.\n\nSources:\n\n- The sign: Front"
    assert page.kept(reply, Voice(bot.kb), full=True).startswith("From nine to five.")


def test_a_history_that_cannot_be_kept_is_said_by_pipe_too(bot: Bot, tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="cannot keep a history"):
        converse(bot, StringIO("hi\n"), StringIO(), {}, Options(history=tmp_path / "none" / "history"))


def test_why_after_an_alarm_that_is_repeated_says_what_it_belongs_to(bot: Bot) -> None:
    explained = said(bot, "he is not breathing", "still nothing", "/why")

    assert explained == bot.kb.voice["why_safety_before"].replace("{category}", "overdose emergency")


def test_the_line_of_whom_to_ask_does_not_lead_back_to_the_bot() -> None:
    assert "ask for" not in shipped_voice()["contact"]


def test_clear_forgets_everything(bot: Bot) -> None:
    turn = take(begin(bot).session, "what are your hours")
    turn = take(turn.session, "/clear")

    assert turn == begin(bot)._replace(afresh=True)


def test_watched_content_is_read_anew_and_a_wrong_edit_keeps_the_old(content: BuildContent) -> None:
    folder = content()
    bot, watch = Bot.load(folder), Watch(folder)
    answers = next((folder / "answers").glob("*.yaml"))
    good = answers.read_text(encoding="utf-8")

    assert watch.refresh(bot) == (bot, "")

    answers.write_text(good.replace("nine to five", "ten to six"), encoding="utf-8")
    fresh, note = watch.refresh(bot)
    assert "ten to six" in fresh.reply("what are your hours").text
    assert note == bot.kb.voice["watch_reloaded"]

    answers.write_text("topic: [", encoding="utf-8")
    kept, note = watch.refresh(fresh)
    assert kept is fresh
    assert answers.name in note


def test_a_region_stands_in_the_first_context(content: BuildContent) -> None:
    assert begin(Bot.load(content(), region="UK")).session.context.region == "UK"


def test_numbers_that_the_text_does_not_name_are_listed(bot: Bot) -> None:
    alarm = Alarmed("overdose_emergency", ("not_breathing",), "Call **999** now.")
    resources = (Resource("Emergency", "999", "emergency"), Resource("Samaritans", "116 123", "crisis"))
    reply = Reply((alarm,), (), Context(), bot.kb.hash, resources)

    assert page.brief(reply, Voice(bot.kb)) == "Call **999** now.\n\n- Samaritans: 116 123"


def test_a_safety_reply_is_explained_by_its_rules_alone(bot: Bot) -> None:
    reply = Reply((Alarmed("overdose_emergency", ("not_breathing",), "Call."),), (), Context(), bot.kb.hash)

    explained = page.explanation(bot.explain("he is not breathing"), reply, bot.kb, Voice(bot.kb))

    assert explained == bot.kb.voice["why_safety"].replace("{rules}", "not_breathing")


def test_an_alarm_that_the_wording_raised_is_explained_by_its_words_too(bot: Bot) -> None:
    alarm = Alarmed("overdose_emergency", ("wording",), "Call.", words=("blue", "breath"))
    reply = Reply((alarm,), (), Context(), bot.kb.hash)
    explained = bot.explain("he is blue")._replace(reply=reply)

    assert "wording (“blue”, “breath”)" in page.explanation(explained, reply, bot.kb, Voice(bot.kb))
    assert explained.to_dict()["alarms"] == [
        {"category": "overdose_emergency", "rules": ["wording"], "words": ["blue", "breath"]}
    ]


def test_an_explanation_names_the_words_of_each_candidate_what_tells_two_apart_and_every_limit(bot: Bot) -> None:
    explained = bot.explain("are you open on holidays")
    shown = page.explanation(explained, explained.reply, bot.kb, Voice(bot.kb))

    assert "   - holiday " in shown
    assert ": holiday +" in shown
    assert "0.80" in shown.rpartition("beside")[2]
    assert "ahead by 0.001," in shown  # and not 0.00


def test_the_content_that_ships_has_words_for_every_command_and_reply() -> None:
    problems: list[Problem] = []
    voice = read_yaml(shipped() / "answers" / "bot.yaml", problems.append)
    wanted = [*(f"command_{name}" for name in COMMANDS), *(f"why_{kind}" for kind in ("answer", "clarify", "decline"))]

    assert voice is not None
    assert isinstance(voice.value, dict)
    assert [key for key in wanted if key not in voice.value] == []


# What is suggested while a person types.


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("holi", ["Are you open on holidays?"]),
        ("open hol", ["Are you open on holidays?"]),
        ("crad", ["Can I pay by card?"]),
        ("are you o", ["Are you open on holidays?", "When are you open?"]),
        ("h", []),
        ("xylophone", []),
        ("", []),
        ("/wh", ["/why"]),
    ],
)
def test_titles_are_suggested_for_what_was_begun(typed: str, titles: list[str]) -> None:
    assert sorted(suggestions(typed, TITLES, ("topics", "why"))) == sorted(titles)


# What is read, and how it is shown.


def test_lines_from_a_pipe_are_answered_one_by_one(bot: Bot) -> None:
    shown = StringIO()

    converse(bot, StringIO("what are your hours\n\n1\n/quit\nwhat are your hours\n"), shown, {})

    _, first, second, last = shown.getvalue().split("\n> ")
    assert first.startswith("what are your hours\n\nFrom nine to five.\n")
    assert second.startswith("1\n\nNo.\n")
    assert last == "/quit\n"


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {}])
def test_a_simple_terminal_gets_plain_lines(bot: Bot, environment: dict[str, str]) -> None:
    screen = Terminal()

    converse(bot, Terminal("what are your hours\n"), screen, environment)

    assert "\x1b" not in screen.getvalue()
    assert "> \nFrom nine to five.\n" in screen.getvalue()


def test_plain_is_plain_on_any_terminal(bot: Bot) -> None:
    screen = Terminal()

    converse(bot, Terminal("what are your hours\n"), screen, {"TERM": "xterm-256color"}, Options(plain=True))

    assert "\x1b" not in screen.getvalue()


def test_plain_lines_are_not_cut_within_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    screen = Terminal()

    plainly(screen)("- Ketamine can damage the bladder.\n| a table | is left as it was written |")

    assert screen.getvalue() == ("- Ketamine can damage\n  the bladder.\n| a table | is left as it was written |\n")


def test_a_plain_table_that_is_too_wide_is_read_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    screen = Terminal()

    plainly(screen)(
        "| | Tea | Water |\n|-|-|-|\n| **Taste** | rather bitter | |\n| Price | two | none at all |\n\n**So**"
    )

    assert screen.getvalue() == ("Taste\n- Tea: rather bitter\nPrice\n- Tea: two\n- Water: none at all\n\nSo\n")


def test_a_table_keeps_every_letter_in_forty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    screen = Terminal()

    rendered(screen, {"NO_COLOR": "1"})(
        "| | Ketamine | Opioids |\n"
        "|-|-|-|\n"
        "| Class | dissociative anesthetic | narcotic analgesic, a kind of painkiller |"
    )

    assert "…" not in screen.getvalue()
    assert "painkiller" in screen.getvalue()


@pytest.mark.parametrize("columns", [20, 28, 34, 40, 52, 80])
def test_no_word_of_a_table_is_broken_however_narrow_the_window(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    screen = Terminal()

    rendered(screen, {"NO_COLOR": "1"})(
        "| | Ketamine | Opioids |\n"
        "|-|-|-|\n"
        "| Class | dissociative anesthetic | narcotic analgesic, a kind of painkiller |\n"
        "| Breathing | | a serious risk of slowing it |"
    )

    shown = re.sub(r"\x1b\[[\d;]*m", "", screen.getvalue())
    assert {"Breathing", "dissociative", "anesthetic", "painkiller", "slowing"} <= set(shown.split())
    assert max(map(len, shown.split("\n"))) <= columns


class Taker:
    """A desk that takes tickets, or none."""

    name = "taker"

    def __init__(self, *, down: bool = False) -> None:
        self.down = down
        self.taken: list[Conversation] = []

    def open_ticket(self, conversation: Conversation, *, again: bool = False) -> str:
        if self.down:
            raise DeskError("it is down")
        self.taken.append(conversation)
        return "T-17"


def test_a_conversation_is_passed_on_only_after_it_was_said_what_that_means(bot: Bot) -> None:
    desk = Taker()
    session = take(begin(bot, handovers=HandOvers(desk)).session, "what are your hours").session

    asked = take(session, "/person")
    sent = take(asked.session, "/person jo@example.org")

    assert "whole conversation is sent along" in asked.page
    assert "T-17" in sent.page
    assert [(one.contact, one.reason) for one in desk.taken] == [("jo@example.org", "asked")]
    assert [turn.author for turn in desk.taken[0].turns] == ["customer", "bot"]
    assert desk.taken[0].turns[1].titles == ("When are you open?",)


def test_nobody_has_to_leave_an_address(bot: Bot) -> None:
    desk = Taker()
    session = take(begin(bot, handovers=HandOvers(desk)).session, "what are your hours").session

    take(session, "/person send")

    assert [one.contact for one in desk.taken] == [""]


def test_a_desk_that_is_down_is_admitted(bot: Bot) -> None:
    session = take(begin(bot, handovers=HandOvers(Taker(down=True))).session, "what are your hours").session

    assert "could not reach the desk" in take(session, "/person send").page


def test_without_a_desk_or_a_word_there_is_nothing_to_pass_on(bot: Bot) -> None:
    assert "turn to the people who gave you this chat" in take(begin(bot).session, "/person").page
    assert "nothing to pass on yet" in take(begin(bot, handovers=HandOvers(Taker())).session, "/person").page
