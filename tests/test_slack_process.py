"""`faqbot slack` as it is run: by Socket Mode and over HTTP, with signals and lost connections."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from benchmarks.slack import run
from bot.record import Log
from tests.processes import ROOT
from tests.slack.bots import shipped
from tests.slack.fake import CONFIG_TOKEN, FakeSlack
from tests.slack.process import Running, environment, running
from tests.slack.shapes import SIGNING_SECRET, Shape, click, command, direct, elements, mention, signed, submit

QUESTION, ALARM = "is ketamine an opioid?", "my friend took too much and won't wake up"


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    shipped()  # so that the process finds the bot made ready
    with FakeSlack() as fake:
        yield fake


@pytest.fixture(scope="module")
def socket(slack: FakeSlack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(slack, tmp_path_factory.mktemp("socket")) as process:
        assert slack.socket_opened.wait(20)
        yield process


@pytest.fixture(scope="module")
def http(slack: FakeSlack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(slack, tmp_path_factory.mktemp("http"), "--http", "0") as process:
        yield process


def answers(slack: FakeSlack, body: Shape) -> list[Shape]:
    """What was posted in the thread of an event."""
    return slack.posts(body["event"]["channel"], body["event"].get("thread_ts") or body["event"]["ts"])


# Socket Mode.


def test_by_socket_a_mention_is_acknowledged_and_answered_in_its_thread(socket: Running, slack: FakeSlack) -> None:
    asked = mention(slack, QUESTION)
    payload, _ = slack.deliver("events_api", asked)

    assert payload is None
    (posted,) = slack.wait(lambda: answers(slack, asked))
    assert "not an opioid" in posted["text"]


def test_by_socket_an_event_that_is_sent_again_is_acknowledged_and_answered_once(
    socket: Running, slack: FakeSlack
) -> None:
    asked, other = direct(slack, QUESTION), direct(slack, "does ketamine harm the bladder?")
    for retry in range(3):
        slack.deliver("events_api", asked, retry=retry)
    slack.deliver("events_api", other)
    slack.wait(lambda: answers(slack, other))

    assert len(answers(slack, asked)) == 1


def test_by_socket_a_form_is_opened_checked_and_taken(socket: Running, slack: FakeSlack) -> None:
    asked = mention(slack, QUESTION)
    slack.deliver("events_api", asked)
    (posted,) = slack.wait(lambda: answers(slack, asked))
    slack.deliver("interactive", click(slack, posted, elements(posted, "faq_handoff")[0]))
    view = slack.wait(lambda: list(slack.views.values()))[-1]

    payload, _ = slack.deliver("interactive", submit(slack, view, {"words": " ", "contact": ""}))
    assert payload["response_action"] == "errors"
    payload, _ = slack.deliver("interactive", submit(slack, view, {"words": "my bill", "contact": ""}))
    assert payload is None
    assert "Your reference" in slack.wait(lambda: answers(slack, asked)[1:])[0]["text"]


def test_by_socket_a_command_is_answered_to_its_writer_alone(socket: Running, slack: FakeSlack) -> None:
    sent = command(slack, QUESTION)
    slack.deliver("slash_commands", sent)

    assert slack.wait(lambda: [body for url, body in slack.responses if url == sent["response_url"]])


def test_by_socket_an_alarm_reaches_its_writer_alone(socket: Running, slack: FakeSlack) -> None:
    asked = mention(slack, ALARM, user="U222")
    slack.deliver("events_api", asked)

    assert slack.wait(lambda: slack.posts("D222"))[0]["text"].startswith("Call 999 now")
    assert answers(slack, asked) == []


@pytest.mark.parametrize("how", ["disconnect", "cut"])
def test_a_lost_connection_is_made_anew_and_nothing_is_answered_twice(
    socket: Running, slack: FakeSlack, how: str
) -> None:
    before = mention(slack, QUESTION)
    slack.deliver("events_api", before)
    getattr(slack, how)()
    assert slack.socket_opened.wait(30)
    after = mention(slack, QUESTION)
    slack.deliver("events_api", before, retry=1)
    slack.deliver("events_api", after)
    slack.wait(lambda: answers(slack, after))

    assert len(answers(slack, before)) == 1


def test_a_rate_limit_in_one_channel_delays_it_drops_nothing_and_holds_up_no_other(
    socket: Running, slack: FakeSlack
) -> None:
    slack.members["CBUSY"] = slack.members["C111"]
    limited = (429, {"Retry-After": "2"}, {"ok": False, "error": "ratelimited"})
    slack.faults["chat.postMessage CBUSY"] = [limited]
    held = [mention(slack, QUESTION, channel="CBUSY") for _ in range(3)]
    for body in held:
        slack.deliver("events_api", body)
    free = mention(slack, QUESTION)
    slack.deliver("events_api", free)
    slack.wait(lambda: answers(slack, free))
    assert slack.posts("CBUSY") == []

    slack.wait(lambda: all(answers(slack, body) for body in held), 20)
    assert [len(answers(slack, body)) for body in held] == [1, 1, 1]
    tried = [call for call in slack.calls if call.args.get("channel") == "CBUSY"]
    assert tried[1].at - tried[0].at >= 2


def test_in_a_burst_with_all_that_goes_wrong_every_mention_is_answered_once(socket: Running, slack: FakeSlack) -> None:
    slack.paced = True
    found = run(slack, [QUESTION], mentions=24, seconds=1, channels=8, seed=1, after=0.5)
    slack.paced = False

    assert found.sent > found.mentions
    assert found.limited > 0
    assert found.once == found.mentions
    assert found.clicks


def test_at_its_end_what_waits_is_sent_and_written(slack: FakeSlack, tmp_path: Path) -> None:
    slack.socket_opened.clear()
    with running(slack, tmp_path) as process:
        assert slack.socket_opened.wait(20)
        slack.members["CEND"] = slack.members["C111"]
        slack.faults["chat.postMessage CEND"] = [(429, {"Retry-After": "1"}, {"ok": False, "error": "ratelimited"})]
        asked = mention(slack, QUESTION, channel="CEND")
        slack.deliver("events_api", asked)
        slack.wait(lambda: [call for call in slack.calls if call.args.get("channel") == "CEND"])
        assert process.stop() == 0
    assert len(answers(slack, asked)) == 1
    with Log.existing(f"sqlite:///{tmp_path / 'log.db'}") as log:
        assert [row["channel"] for row in log.rows()] == ["slack"]


# HTTP.


def sent(http: Running, body: str, kind: str = "application/json", **headers: str) -> tuple[int, str]:
    return http.post(body, {"Content-Type": kind, **signed(body), **headers})


def test_over_http_a_signed_event_is_answered(http: Running, slack: FakeSlack) -> None:
    asked = mention(slack, QUESTION)

    assert sent(http, json.dumps(asked)) == (200, "")
    assert slack.wait(lambda: answers(slack, asked))


def test_over_http_a_retry_is_acknowledged_and_answered_once(http: Running, slack: FakeSlack) -> None:
    asked, other = direct(slack, QUESTION), direct(slack, "does ketamine harm the bladder?")
    for number in range(3):
        again = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_timeout"} if number else {}
        assert sent(http, json.dumps(asked), **again)[0] == 200
    sent(http, json.dumps(other))
    slack.wait(lambda: answers(slack, other))

    assert len(answers(slack, asked)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "1"},
    ],
)
def test_over_http_what_slack_did_not_sign_is_turned_away(
    http: Running, slack: FakeSlack, headers: dict[str, str]
) -> None:
    asked, later = mention(slack, QUESTION), mention(slack, QUESTION)

    assert sent(http, json.dumps(asked), **headers)[0] == 401
    sent(http, json.dumps(later))
    slack.wait(lambda: answers(slack, later))
    assert answers(slack, asked) == []


def test_over_http_a_request_that_is_five_minutes_old_is_turned_away(http: Running, slack: FakeSlack) -> None:
    import time

    body = json.dumps(mention(slack, QUESTION))

    assert http.post(body, {"Content-Type": "application/json", **signed(body, at=time.time() - 301)})[0] == 401


def test_over_http_the_address_is_verified_only_for_slack(http: Running) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c4a11e"})

    status, text = sent(http, body)
    assert (status, json.loads(text)["challenge"]) == (200, "c4a11e")
    assert http.post(body, {"Content-Type": "application/json", **signed(body, secret="another")})[0] == 401  # noqa: S106


def test_over_http_a_click_and_a_command_are_taken(http: Running, slack: FakeSlack) -> None:
    asked, form = mention(slack, QUESTION), "application/x-www-form-urlencoded"
    sent(http, json.dumps(asked))
    (posted,) = slack.wait(lambda: answers(slack, asked))
    clicked = click(slack, posted, elements(posted, "faq_ask")[0])
    typed = command(slack, QUESTION)

    assert sent(http, urlencode({"payload": json.dumps(clicked)}), form)[0] == 200
    assert sent(http, urlencode(typed), form)[0] == 200
    slack.wait(lambda: len(answers(slack, asked)) == 2)
    slack.wait(lambda: [body for url, body in slack.responses if url == typed["response_url"]])


def test_over_http_it_says_that_it_is_alive_and_nothing_else(http: Running) -> None:
    assert http.post("", {}, "/healthz", "GET") == (200, "ok\n")
    assert http.post("", {}, "/", "GET")[0] == 404


def test_over_http_it_ends_in_good_order(slack: FakeSlack, tmp_path: Path) -> None:
    with running(slack, tmp_path, "--http", "0") as process:
        assert process.stop(signal.SIGINT) == 0


def test_the_signer_of_the_tests_agrees_with_slacks_own() -> None:
    body = "token=x&text=hello"
    headers = signed(body)

    assert SignatureVerifier(SIGNING_SECRET).is_valid_request(body, {k.lower(): v for k, v in headers.items()})


# The command.


def faqbot(slack: FakeSlack, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "slack", *arguments],
        cwd=ROOT, env=environment(slack, **more), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is not set: it must be the bot token"),
        ({"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN is not set: it must be an app-level token"),
        ({"SLACK_BOT_TOKEN": "xoxp-1-secret"}, "which begins with xoxb-; it is a user token"),
        ({"SLACK_APP_TOKEN": "xoxb-1-secret"}, "which begins with xapp-; it is the bot token"),
        ({"SLACK_SIGNING_SECRET": "xapp-1-secret"}, "SLACK_SIGNING_SECRET must be the signing secret"),
        ({"SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET": "secret"}, "for apps of many workspaces"),
    ],
)
def test_a_token_that_is_missing_or_of_another_kind_is_named_at_the_start(
    slack: FakeSlack, given: dict[str, str], said: str
) -> None:
    run = faqbot(slack, **given)

    assert run.returncode == 2
    assert said in run.stderr
    assert [value for value in given.values() if value and "secret" in value and value in run.stderr] == []


def test_tokens_that_slack_does_not_know_are_said_to_be_so(slack: FakeSlack) -> None:
    run = faqbot(slack, SLACK_BOT_TOKEN="xoxb-1-other")  # noqa: S106 - of no app

    assert run.returncode == 2
    assert "Slack does not take SLACK_BOT_TOKEN (invalid_auth)" in run.stderr

    run = faqbot(slack, SLACK_APP_TOKEN="xapp-1-A111-1-other")  # noqa: S106 - of no app
    assert run.returncode == 2
    assert "Slack opens no connection: invalid_auth" in run.stderr


def test_the_check_finds_nothing_where_the_app_is_set_up_by_the_manifest(slack: FakeSlack) -> None:
    slack.manifest = json.loads(faqbot(slack, "manifest").stdout)
    run = faqbot(slack, "check", SLACK_CONFIG_TOKEN=CONFIG_TOKEN)

    assert (run.returncode, run.stderr) == (0, "")
    assert "Nothing is missing" in run.stdout
    assert "not looked at" not in run.stdout
    assert "not looked at: events" in faqbot(slack, "check").stdout


def test_the_check_names_every_scope_and_setting_that_is_missing(slack: FakeSlack) -> None:
    slack.manifest = json.loads(faqbot(slack, "manifest").stdout)
    slack.manifest["features"]["assistant_view"] = slack.manifest["features"].pop("agent_view")
    slack.manifest["features"]["app_home"]["messages_tab_read_only_enabled"] = True
    slack.manifest["features"]["slash_commands"] = []
    slack.manifest["settings"]["event_subscriptions"]["bot_events"].remove("message.im")
    slack.manifest["settings"]["interactivity"]["is_enabled"] = False
    slack.manifest["settings"]["socket_mode_enabled"] = False
    slack.scopes, before = slack.scopes[1:], slack.scopes
    slack.faults["apps.connections.open"] = [(200, {}, {"ok": False, "error": "missing_scope"})]
    run = faqbot(slack, "check", SLACK_CONFIG_TOKEN=CONFIG_TOKEN)
    slack.scopes = before

    assert run.returncode == 1
    found = [line.removeprefix("missing: ") for line in run.stdout.splitlines() if line.startswith("missing: ")]
    assert [line.split(":")[0] for line in found] == [
        "OAuth & Permissions", "SLACK_APP_TOKEN lacks the scope connections", "App Home",
        "the agent view is off (it has the older assistant_view, which Slack no longer gives to new apps)",
        "Event Subscriptions", "Slash Commands", "Interactivity & Shortcuts", "Socket Mode",
    ]  # fmt: skip
    assert "app_mentions:read" in found[0]


@pytest.mark.parametrize("port", ["70000", "-1", "soon"])
def test_a_port_that_is_none_is_said_to_be_so(slack: FakeSlack, port: str) -> None:
    run = faqbot(slack, f"--http={port}")

    assert run.returncode == 2
    assert "is not a whole number from 0 to 65535" in run.stderr


def test_without_its_extra_the_command_says_what_to_install() -> None:
    program = "import sys; sys.modules['slack_bolt'] = None; from bot.cli import main; sys.exit(main(['slack'], {}))"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 2
    assert "pip install 'faqbot[slack]'" in run.stderr
