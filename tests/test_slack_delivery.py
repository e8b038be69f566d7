"""What is on its way to Slack: in order, at each channel's pace; and that these tests see what they are there for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk.web import WebClient

from bot.channels.slack import calls
from bot.channels.slack.listeners import LISTENER_THREADS, application
from bot.channels.slack.memory import Kept
from bot.channels.slack.outbox import TRIES, Busy, Job, Outbox, Refused, Unreached
from bot.channels.slack.workspace import Options, Workspace
from tests.slack.app import SECRET, dispatched, stay_here
from tests.slack.bots import shipped
from tests.slack.fake import BOT_TOKEN, FakeSlack
from tests.slack.shapes import click, command, direct, elements, mention

QUESTION = "is ketamine an opioid?"


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    stay_here(monkeypatch)
    with FakeSlack() as fake:
        yield fake


class Calls:
    """Jobs that note when they were done, after what they were told to raise."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.failed: list[Exception] = []

    def job(self, name: object, *errors: Exception) -> Job:
        left = list(errors)

        def do() -> object:
            if left:
                raise left.pop(0)
            return name

        return Job(do, self.done.append, self.failed.append)


# Lanes.


def test_a_lane_keeps_its_order_and_what_is_urgent_goes_first() -> None:
    outbox, calls = Outbox(4, pause=0.0), Calls()
    gate = threading.Event()
    outbox.put("a", Job(gate.wait))
    for number in range(5):
        outbox.put("a", calls.job(number))
    outbox.put("a", calls.job("urgent"), urgent=True)
    gate.set()

    assert outbox.close(10) == 0
    assert calls.done == ["urgent", 0, 1, 2, 3, 4]


def test_what_must_wait_stays_first_in_its_lane_and_is_not_lost() -> None:
    outbox, calls = Outbox(4, pause=0.0), Calls()
    for number in range(3):
        outbox.put("a", calls.job(number, *[Busy(0.05)] * 3))

    assert outbox.close(10) == 0
    assert calls.done == [0, 1, 2]
    assert calls.failed == []


def test_a_lane_that_waits_holds_up_no_other() -> None:
    outbox, calls = Outbox(2, pause=0.0), Calls()
    for lane in range(20):
        outbox.put(lane, calls.job(("late", lane), Busy(1.0)))
    for lane in range(100, 120):
        outbox.put(lane, calls.job(("soon", lane)))

    assert outbox.close(20) == 0
    assert [when for when, _ in calls.done][:20] == ["soon"] * 20
    assert len(calls.done) == 40


def test_what_is_refused_is_told_and_does_not_stop_its_lane() -> None:
    outbox, calls = Outbox(2, pause=0.0), Calls()
    outbox.put("a", calls.job(1, Refused("channel_not_found")))
    outbox.put("a", calls.job(2))

    assert outbox.close(10) == 0
    assert [str(error) for error in calls.failed] == ["channel_not_found"]
    assert calls.done == [2]


def test_what_cannot_be_reached_is_tried_again_for_a_while_and_then_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.slack.outbox.LONGEST_WAIT", 0.0)
    outbox, calls = Outbox(2, pause=0.0), Calls()
    outbox.put("a", calls.job(1, *[Unreached("down")] * (TRIES - 1)))
    outbox.put("b", calls.job(2, *[Unreached("down")] * TRIES))

    assert outbox.close(10) == 0
    assert calls.done == [1]
    assert [str(error) for error in calls.failed] == ["down"]


def test_a_listener_that_breaks_does_not_stop_its_lane() -> None:
    outbox, calls = Outbox(1, pause=0.0), Calls()

    def broken(_: object) -> None:
        raise RuntimeError

    outbox.put("a", Job(lambda: 1, broken))
    outbox.put("a", calls.job(2))

    assert outbox.close(10) == 0
    assert calls.done == [2]


def test_what_is_left_at_the_end_is_counted() -> None:
    outbox = Outbox(1, pause=0.0)
    outbox.put("a", Calls().job(1, Busy(60)))
    outbox.put("a", Calls().job(2))

    assert outbox.close(0.2) == 2


# What Slack's answers mean.


@pytest.mark.parametrize(
    ("fault", "then"),
    [
        ((429, {"Retry-After": "1"}, {"ok": False, "error": "ratelimited"}), 1),
        ((429, {}, {"ok": False, "error": "ratelimited"}), 1),
        ((500, {}, {"ok": False, "error": "internal_error"}), 1),
        ((503, {}, {}), 1),
        ((200, {}, {"ok": False, "error": "channel_not_found"}), 0),
    ],
)
def test_what_may_pass_is_tried_again_and_what_will_not_is_given_up(
    slack: FakeSlack, fault: tuple[int, dict[str, str], dict[str, Any]], then: int
) -> None:
    slack.faults["chat.postMessage"] = [fault]
    with dispatched(slack) as bot:
        bot.send(mention(slack, QUESTION))

    assert len(slack.messages) == then


def test_a_response_address_that_is_limited_is_tried_again(slack: FakeSlack) -> None:
    slack.faults["respond"] = [(429, {"Retry-After": "1"}, {})]
    with dispatched(slack) as bot:
        bot.send(command(slack, QUESTION))

    assert len(slack.responses) == 1


def test_a_channel_is_written_to_at_slacks_pace(slack: FakeSlack) -> None:
    slack.paced = True
    with dispatched(slack, pause=1.0) as bot:
        for _ in range(3):
            bot.app.dispatch(BoltRequest(mode="socket_mode", body=mention(slack, QUESTION)))
        bot.settle()

    assert len(slack.messages) == 3
    assert [call.status for call in slack.calls if call.method == "chat.postMessage"] == [200] * 3


# What is remembered.


def test_what_is_kept_is_bounded_and_ends() -> None:
    now = [0.0]
    kept: Kept[str, int] = Kept(10, 3, lambda: now[0])
    for number in range(5):
        kept.put(str(number), number)

    assert [kept.get(str(number)) for number in range(5)] == [None, None, 2, 3, 4]
    now[0] = 10.0
    assert kept.get("4") is None


def test_names_are_claimed_together_or_not_at_all() -> None:
    now = [0.0]
    kept: Kept[str, bool] = Kept(10, 100, lambda: now[0])

    assert kept.claim(("a", "b"), True)
    assert not kept.claim(("c", "b"), True)
    assert kept.claim(("c",), True)
    now[0] = 10.0
    assert kept.claim(("a", "b"), True)


def test_of_many_who_claim_a_name_at_once_one_gets_it() -> None:
    kept: Kept[str, bool] = Kept(10, 100, lambda: 0.0)
    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda _: kept.claim(("a", "b"), True), range(200)))

    assert got.count(True) == 1


def test_a_thread_is_forgotten_after_a_day(slack: FakeSlack) -> None:
    now = [1_000_000.0]
    with dispatched(slack, clock=lambda: now[0]) as bot:
        asked = mention(slack, "does ketamine harm the bladder?")
        bot.send(asked)
        now[0] += 24 * 60 * 60
        bot.send(mention(slack, "more", thread=asked["event"]["ts"]))

    assert "bladder" not in slack.messages[1]["text"].splitlines()[0]


# Negative controls: without what they are about, these tests would fail.


def test_control_without_the_check_for_duplicates_an_event_is_answered_twice(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workspace, "is_new", lambda *_: True)
    with dispatched(slack) as bot:
        asked = mention(slack, QUESTION)
        bot.send(asked, asked)

    assert len(slack.messages) == 2


def test_control_without_waiting_as_slack_asks_an_answer_is_lost(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "_meaning", lambda _: Refused("ratelimited"))
    slack.faults["chat.postMessage"] = [(429, {"Retry-After": "1"}, {"ok": False, "error": "ratelimited"})]
    with dispatched(slack) as bot:
        bot.send(mention(slack, QUESTION))

    assert slack.messages == []


def test_control_with_a_thread_the_agent_view_shows_no_prompts(slack: FakeSlack) -> None:
    with dispatched(slack) as bot:
        bot.workspace.slack.prompt("D111", ["A question?"], "Ask:", "1.2")
        bot.settle()

    assert slack.of("assistant.threads.setSuggestedPrompts")
    assert slack.prompts == {}


class Blocking(Outbox):
    """Makes calls in the thread that asks for them, and waits there: what the bot does not do."""

    def __init__(self, gate: threading.Event) -> None:
        super().__init__(1, 0.0)
        self._gate = gate

    def put(self, lane: Any, job: Job, *, urgent: bool = False) -> None:
        self._gate.wait(30)


def acknowledged(slack: FakeSlack, gate: threading.Event, threads: int, outbox: Outbox) -> bool:
    """Whether a click is acknowledged while twelve answers wait for Slack."""
    client = WebClient(BOT_TOKEN, base_url=slack.url, retry_handlers=[])
    workspace = Workspace(shipped, client, Options(SECRET), outbox=outbox)
    posted = {"ts": "1.1", "channel": "C111", "thread_ts": "1.0", "blocks": []}
    button = {"type": "button", "action_id": "faq_feedback", "value": "up:1"}
    with ThreadPoolExecutor(threads) as executor:
        app: App = application(workspace, client, executor)
        for _ in range(12):
            app.dispatch(BoltRequest(mode="socket_mode", body=direct(slack, QUESTION)))
        response = app.dispatch(BoltRequest(mode="socket_mode", body=click(slack, posted, button)))
        gate.set()
    workspace.close(0.1)
    return response.status == 200


def test_control_with_five_threads_that_wait_a_click_is_not_acknowledged(slack: FakeSlack) -> None:
    gate = threading.Event()

    assert not acknowledged(slack, gate, 5, Blocking(gate))


def test_a_click_is_acknowledged_while_answers_wait(slack: FakeSlack) -> None:
    gate = threading.Event()
    waits = (429, {"Retry-After": "1"}, {"ok": False, "error": "ratelimited"})
    slack.faults["chat.postMessage"] = [waits] * 12

    assert acknowledged(slack, gate, LISTENER_THREADS, Outbox(8, 0.0))
    assert acknowledged(slack, gate, 5, Outbox(8, 0.0))


def test_a_button_that_is_shown_is_one_that_is_listened_to(slack: FakeSlack) -> None:
    with dispatched(slack) as bot:
        bot.send(mention(slack, QUESTION))
        for element in elements(slack.messages[0]):
            assert bot.send(click(slack, slack.messages[0], element, value="up:1")).status == 200
