"""What Slack sends, as far as it is for the bot: who said what, where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

ANSWERED_SUBTYPES = (None, "file_share")  # every other subtype is an edit, a notice or a bot
SYSTEM_USERS = ("USLACKBOT",)
MARKUP = re.compile(r"<([^<>]*)>")  # Slack escapes what people type, so that only its own markup has these brackets
ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}  # the last one last: "&amp;lt;" is "&lt;" as it was typed
MOST = 40_000  # characters of a message in Slack


class Place(NamedTuple):
    """Where somebody speaks, and where the answer belongs. Ids alone: names differ between workspaces."""

    team: str
    channel: str
    thread: str  # the timestamp of the message that the thread hangs on; empty outside of threads
    user: str
    direct: bool = False  # nobody else reads along
    outside: bool = False  # somebody of another organisation may read along
    root: bool = False  # what was said begins the thread


class Heard(NamedTuple):
    """Something to answer; `keys` name it, however often and in whatever events it is sent."""

    text: str
    place: Place
    keys: tuple[str, ...]


def heard(body: Mapping[str, Any], bot_user: str, team: str) -> Heard | None:
    """What an event asks of the bot; None for what is not for it: other bots, edits, notices, its own messages.

    Here and below, `team` is the workspace that the bot is installed in, whatever workspace a payload is of.
    """
    event = body.get("event", {})
    direct = event.get("type") == "message" and event.get("channel_type") == "im"
    user, channel, at = (event.get(name) for name in ("user", "channel", "ts"))
    if not (direct or event.get("type") == "app_mention") or not (user and channel and at):
        return None
    if event.get("bot_id") or event.get("hidden") or event.get("subtype") not in ANSWERED_SUBTYPES:
        return None
    if user == bot_user or user in SYSTEM_USERS:
        return None
    place = Place(
        team, channel, event.get("thread_ts") or at, user, direct, is_outside(body, team),
        root=event.get("thread_ts") in (None, at),
    )  # fmt: skip
    keys = (f"event {body['event_id']}",) if body.get("event_id") else ()
    return Heard(typed(event.get("text")), place, (*keys, f"message {channel} {at}"))


def is_outside(body: Mapping[str, Any], team: str) -> bool:
    """Whether somebody of another organisation may read along (Slack Connect), or speaks."""
    event, user, of = body.get("event", {}), body.get("user"), body.get("team")
    teams = [body.get("context_team_id"), event.get("user_team"), event.get("source_team"), event.get("team")]
    teams += [user.get("team_id")] if isinstance(user, Mapping) else []
    teams += [of.get("id")] if isinstance(of, Mapping) else []
    return bool(body.get("is_ext_shared_channel")) or any(one and one != team for one in teams)


def clicked(body: Mapping[str, Any], team: str) -> Place:
    """Where something of ours was clicked: in a message, which others may see or not, or in a view."""
    container, message = body.get("container") or {}, body.get("message") or {}
    channel = str(container.get("channel_id") or (body.get("channel") or {}).get("id") or "")
    thread = container.get("thread_ts") or message.get("thread_ts")
    at = container.get("message_ts") or message.get("ts")
    if not thread and not container.get("is_ephemeral"):
        thread = at
    user = str((body.get("user") or {}).get("id") or "")
    return Place(team, channel, str(thread or ""), user, is_direct(channel), is_outside(body, team))


def commanded(body: Mapping[str, Any], team: str) -> Place:
    """Where a command was typed; it belongs to no thread."""
    channel = str(body.get("channel_id", ""))
    outside = body.get("team_id") not in (None, "", team)
    return Place(team, channel, "", str(body.get("user_id", "")), is_direct(channel), outside)


def pointed(body: Mapping[str, Any], team: str) -> Place:
    """Where the message stands that a shortcut was used on."""
    message, place = body.get("message") or {}, clicked(body, team)
    return place._replace(thread=str(message.get("thread_ts") or ""))


def is_direct(channel: str) -> bool:
    """Whether a channel is a conversation of two."""
    return channel.startswith("D")


def typed(text: object) -> str:
    """A message as it was typed: without mentions and Slack's markup, and with its signs unescaped."""
    said = MARKUP.sub(_unwrapped, str(text or "")[:MOST])
    for entity, sign in ENTITIES.items():
        said = said.replace(entity, sign)
    return said.strip()


def _unwrapped(found: re.Match[str]) -> str:
    """What is seen of a mention, a link, a channel or a date."""
    target, _, label = found[1].partition("|")
    match target[:1]:
        case "@":
            return " "
        case "#":
            return f"#{label}" if label else " "
        case "!":
            return label or " "
        case _:
            return label or target.removeprefix("mailto:")
