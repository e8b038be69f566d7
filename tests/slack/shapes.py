"""What Slack sends: events, clicks, commands, forms, signed requests."""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from typing import Any

from tests.slack.fake import APP, BOT_USER, OTHER_TEAM, TEAM, FakeSlack

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 - of Slack's published example

Shape = dict[str, Any]


def event(inner: Shape, *, name: str = "", outside: bool = False) -> Shape:
    """The envelope of an event."""
    return {
        "token": "legacy", "team_id": TEAM, "context_team_id": TEAM, "api_app_id": APP, "type": "event_callback",
        "event": inner, "event_id": name or f"Ev{uuid.uuid4().hex[:10].upper()}", "event_time": int(time.time()),
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        "is_ext_shared_channel": outside, "event_context": "4-xyz",
    }  # fmt: skip


def mention(
    slack: FakeSlack,
    text: str,
    *,
    user: str = "U111",
    channel: str = "C111",
    thread: str = "",
    at: str = "",
    **more: Any,
) -> Shape:
    """Somebody mentions the bot in a channel."""
    at = at or slack.timestamp()
    inner = {
        "type": "app_mention", "user": user, "text": f"<@{BOT_USER}> {text}", "ts": at, "event_ts": at,
        "channel": channel, "team": OTHER_TEAM if user == "UEXT" else TEAM, "client_msg_id": str(uuid.uuid4()),
        **({"thread_ts": thread} if thread else {}),
    }  # fmt: skip
    return event(inner, **more)


def direct(
    slack: FakeSlack, text: str, *, user: str = "U111", channel: str = "D111", thread: str = "",
    extra: Shape | None = None, **more: Any,
) -> Shape:  # fmt: skip
    """Somebody writes to the bot."""
    at = slack.timestamp()
    inner = {
        "type": "message", "channel": channel, "channel_type": "im", "user": user, "text": text, "ts": at,
        "event_ts": at, "team": TEAM, "client_msg_id": str(uuid.uuid4()),
        **({"thread_ts": thread} if thread else {}), **(extra or {}),
    }  # fmt: skip
    return event(inner, **more)


def message_copy(mentioned: Shape) -> Shape:
    """The other event of a mention: Slack sends it where the channel's messages are subscribed to."""
    inner = {**mentioned["event"], "type": "message", "channel_type": "channel"}
    return event(inner)


def opened(user: str = "U111", *, tab: str = "home", channel: str = "D111") -> Shape:
    """Somebody opens the app."""
    return event({"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, "event_ts": "1.1"})


def click(
    slack: FakeSlack, message: Shape, element: Shape, *, user: str = "U111", team: str = TEAM, ephemeral: bool = False,
    value: str = "", block: str = "",
) -> Shape:  # fmt: skip
    """Somebody clicks in a message of the bot; of one that only they see, Slack sends no copy."""
    channel, thread = message["channel"], message.get("thread_ts")
    kinds = {"static_select": {"selected_option": {"value": value}}}
    action = {
        "type": element["type"], "action_id": element["action_id"], "block_id": block or _block_of(message, element),
        "action_ts": f"{time.time():.6f}", **kinds.get(element["type"], {"value": value or element.get("value")}),
    }  # fmt: skip
    container = {
        "type": "message", "message_ts": message["ts"], "channel_id": channel, "is_ephemeral": ephemeral,
        **({"thread_ts": thread} if thread else {}),
    }  # fmt: skip
    return {
        **_interaction(slack, "block_actions", user, team), "container": container, "actions": [action],
        "channel": {"id": channel, "name": "directmessage" if channel.startswith("D") else "x"},
        "response_url": slack.response_url(), **({} if ephemeral else {"message": message}),
    }  # fmt: skip


def click_in_view(slack: FakeSlack, view: Shape, element: Shape, *, user: str = "U111") -> Shape:
    """Somebody clicks in a view or on the home page."""
    action = {**element, "action_ts": f"{time.time():.6f}", "block_id": "x"}
    name = view.get("id", "VHOME")
    return {
        **_interaction(slack, "block_actions", user, TEAM), "container": {"type": "view", "view_id": name},
        "view": {**view, "id": name}, "actions": [action],
    }  # fmt: skip


def submit(slack: FakeSlack, view: Shape, values: dict[str, str], *, user: str = "U111") -> Shape:
    """Somebody sends a form."""
    state = {"values": {name: {name: {"type": "plain_text_input", "value": text}} for name, text in values.items()}}
    return {**_interaction(slack, "view_submission", user, TEAM), "view": {**view, "state": state}, "response_urls": []}


def command(slack: FakeSlack, text: str, *, user: str = "U111", channel: str = "C111", name: str = "/faq") -> Shape:
    """Somebody types a command."""
    return {
        "token": "legacy", "team_id": TEAM, "team_domain": "t", "channel_id": channel, "channel_name": "x",
        "user_id": user, "user_name": "u", "command": name, "text": text, "api_app_id": APP,
        "is_enterprise_install": "false", "response_url": slack.response_url(), "trigger_id": slack.trigger(),
    }  # fmt: skip


def shortcut(slack: FakeSlack, text: str, *, user: str = "U111", author: str = "U222", channel: str = "C111") -> Shape:
    """Somebody points at a message."""
    at = slack.timestamp()
    return {
        **_interaction(slack, "message_action", user, TEAM), "callback_id": "faq_answer_message", "message_ts": at,
        "channel": {"id": channel, "name": "x"}, "response_url": slack.response_url(),
        "message": {"type": "message", "user": author, "ts": at, "text": text, "team": TEAM},
    }  # fmt: skip


def elements(message: Shape, prefix: str = "") -> list[Shape]:
    """What can be clicked in a message, by the beginning of its action id."""
    every = [one for block in message.get("blocks", []) for one in block.get("elements", []) if "action_id" in one]
    every += [block["accessory"] for block in message.get("blocks", []) if "accessory" in block]
    return [one for one in every if one["action_id"].startswith(prefix)]


def signed(body: str, *, secret: str = SIGNING_SECRET, at: float | None = None) -> dict[str, str]:
    """The headers by which Slack signs a request."""
    moment = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{moment}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}


def _interaction(slack: FakeSlack, kind: str, user: str, team: str) -> Shape:
    return {
        "type": kind, "user": {"id": user, "username": "u", "name": "u", "team_id": team}, "api_app_id": APP,
        "token": "legacy", "trigger_id": slack.trigger(), "team": {"id": TEAM, "domain": "t"}, "enterprise": None,
        "is_enterprise_install": False,
    }  # fmt: skip


def _block_of(message: Shape, element: Shape) -> str:
    blocks = message.get("blocks", [])
    return next((one.get("block_id", "x") for one in blocks if element in one.get("elements", [])), "x")
