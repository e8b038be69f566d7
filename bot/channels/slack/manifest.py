"""What the app is to Slack: its manifest, and what an app has that differs from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.channels.slack.home import prompts
from bot.channels.slack.listeners import SHORTCUT
from bot.channels.slack.mrkdwn import shortened
from bot.knowledge import KnowledgeBase
from bot.reply import Voice

SCOPES = ("app_mentions:read", "assistant:write", "chat:write", "commands", "im:history")
EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")
PATH = "/slack/events"  # where Slack sends everything over HTTP
COLOUR = "#1d3557"
NAME, ABOUT, LONG, AGENT, LABEL, PROMPT, PROMPTED = 35, 140, 4000, 300, 24, 75, 300  # characters

Manifest = dict[str, Any]


def manifest(kb: KnowledgeBase, command: str, url: str = "") -> Manifest:
    """The manifest of the app; `url` is where it is reached over HTTP, without which it connects by Socket Mode."""
    voice = Voice(kb)
    asked = {"request_url": url.rstrip("/") + PATH} if url else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": _say(voice, "name", NAME), "description": _say(voice, "about", ABOUT),
            "long_description": _say(voice, "long", LONG), "background_color": COLOUR,
        },
        "features": _features(kb, voice, command, asked.get("request_url", "")),
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**asked, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **asked},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }  # fmt: skip


def _features(kb: KnowledgeBase, voice: Voice, command: str, url: str) -> Manifest:
    """What people meet: a home page, messages, a command and a shortcut."""
    suggested = [{"title": shortened(one, PROMPT), "message": shortened(one, PROMPTED)} for one in prompts(kb)]
    shortcut = {"name": _say(voice, "shortcut", LABEL), "description": _say(voice, "shortcut_about", ABOUT)}
    slash = {"description": _say(voice, "command", ABOUT), "usage_hint": _say(voice, "hint", ABOUT)}
    return {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "agent_view": {
            "agent_description": _say(voice, "agent", AGENT), **({"suggested_prompts": suggested} if suggested else {}),
        },
        "bot_user": {"display_name": _say(voice, "name", NAME), "always_online": True},
        "shortcuts": [{"type": "message", "callback_id": SHORTCUT, **shortcut}],
        "slash_commands": [{"command": command, **({"url": url} if url else {}), **slash, "should_escape": True}],
    }  # fmt: skip


def _say(voice: Voice, key: str, most: int) -> str:
    return shortened(voice.say(f"slack_app_{key}"), most)


def differences(wanted: Manifest, found: Mapping[str, Any]) -> Iterator[str]:
    """What an app lacks of what is wanted of it, each with where to mend it. Words and colours may differ."""
    features, settings = found.get("features") or {}, found.get("settings") or {}
    page = features.get("app_home") or {}
    for name, value in wanted["features"]["app_home"].items():
        if bool(page.get(name)) != value:
            yield f"App Home: {name} must be {str(value).lower()}"
    if "agent_view" not in features:
        old = " (it has the older assistant_view, which Slack no longer gives to new apps)"
        yield f"the agent view is off{old if 'assistant_view' in features else ''}: turn on Agents & AI Apps"
    yield from _missing(
        "Event Subscriptions: bot event", EVENTS, (settings.get("event_subscriptions") or {}).get("bot_events")
    )
    yield from missing_scopes(((found.get("oauth_config") or {}).get("scopes") or {}).get("bot"))
    yield from _missing(
        "Slash Commands: command", [one["command"] for one in wanted["features"]["slash_commands"]],
        [one.get("command") for one in features.get("slash_commands") or []],
    )  # fmt: skip
    yield from _missing(
        "Interactivity & Shortcuts: message shortcut with the callback id", [SHORTCUT],
        [one.get("callback_id") for one in features.get("shortcuts") or [] if one.get("type") == "message"],
    )  # fmt: skip
    if not (settings.get("interactivity") or {}).get("is_enabled"):
        yield "Interactivity & Shortcuts: turn interactivity on, or no button works"
    yield from _connections(wanted["settings"], settings)


def missing_scopes(found: Any) -> Iterator[str]:
    """The bot scopes that an app lacks."""
    yield from _missing("OAuth & Permissions: bot scope", SCOPES, found)


def _connections(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the way in which Slack reaches the bot."""
    if bool(found.get("socket_mode_enabled")) != wanted["socket_mode_enabled"]:
        state = "on" if wanted["socket_mode_enabled"] else "off, or nothing is sent over HTTP"
        yield f"Socket Mode: turn it {state}"
    for name in ("event_subscriptions", "interactivity"):
        url = wanted[name].get("request_url")
        if url and (found.get(name) or {}).get("request_url") != url:
            yield f"{name.replace('_', ' ').title()}: the request URL must be {url}"


def _missing(what: str, wanted: Any, found: Any) -> Iterator[str]:
    for one in wanted:
        if one not in (found or ()):
            yield f"{what} {one} is missing"
