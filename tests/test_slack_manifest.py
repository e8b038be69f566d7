"""The manifest, against what Slack's published schema (github.com/slackapi/manifest-schema, version 2) says of it.

FAQBOT_TEST_MANIFEST_SCHEMA may name a copy of schemas/manifest.schema.2.0.0.json, which is then asked as well.
"""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from bot.channels.slack.manifest import EVENTS, SCOPES, Manifest, differences, manifest
from bot.channels.slack.tokens import Tokens
from bot.knowledge import KnowledgeBase
from tests.slack.bots import shipped

PUBLISHED = os.environ.get("FAQBOT_TEST_MANIFEST_SCHEMA", "")


def text(least: int, most: int, **more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most, **more}


def group(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "properties": properties, "required": list(required), "additionalProperties": False,
    }  # fmt: skip


def several(item: Any, least: int, most: int) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": least, "maxItems": most}


YES, ADDRESS = {"type": "boolean"}, text(1, 3000, pattern="^https?://")
SCHEMA = group(
    ("display_information",),
    _metadata=group(major_version={"const": 2}, minor_version={"type": "integer"}),
    display_information=group(
        ("name",), name=text(1, 35), description=text(1, 140), long_description=text(175, 4000),
        background_color=text(4, 7, pattern="^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"),
    ),
    features=group(
        app_home=group(home_tab_enabled=YES, messages_tab_enabled=YES, messages_tab_read_only_enabled=YES),
        bot_user=group(("display_name",), display_name=text(1, 80), always_online=YES),
        agent_view=group(
            agent_description=text(0, 300),
            suggested_prompts=several(group(("title", "message"), title=text(1, 999), message=text(1, 999)), 0, 4),
        ),
        shortcuts=several(
            group(
                ("name", "type", "callback_id", "description"), name=text(1, 24), type={"enum": ["message", "global"]},
                callback_id=text(1, 255), description=text(1, 150),
            ), 1, 10,
        ),
        slash_commands=several(
            group(
                ("command", "description"), command=text(2, 32, pattern="^/"), url=ADDRESS, description=text(1, 2000),
                usage_hint=text(1, 1000), should_escape=YES,
            ), 1, 50,
        ),
    ),
    oauth_config=group(scopes=group(bot=several(text(1, 50), 0, 255))),
    settings=group(
        event_subscriptions=group(
            request_url=ADDRESS, bot_events={**several(text(1, 50), 0, 100), "uniqueItems": True}
        ),
        interactivity=group(("is_enabled",), is_enabled=YES, request_url=ADDRESS),
        org_deploy_enabled=YES, socket_mode_enabled=YES, token_rotation_enabled=YES,
    ),
)  # fmt: skip


def problems(found: Manifest) -> list[str]:
    return [error.message for error in jsonschema_rs.Draft7Validator(SCHEMA).iter_errors(found)]


def by_socket() -> Manifest:
    return manifest(shipped().kb, "/faq")


def over_http() -> Manifest:
    return manifest(shipped().kb, "/ask-us", "https://faq.example.org/")


@pytest.mark.parametrize("found", [by_socket, over_http])
def test_the_manifest_is_one_that_slack_takes(found: Any) -> None:
    assert problems(found()) == []
    assert json.loads(json.dumps(found())) == found()


@pytest.mark.skipif(not PUBLISHED, reason="FAQBOT_TEST_MANIFEST_SCHEMA names no copy of Slack's schema")
@pytest.mark.parametrize("found", [by_socket, over_http])
def test_the_manifest_is_one_that_slacks_own_schema_takes(found: Any) -> None:
    schema = json.loads(Path(PUBLISHED).read_text(encoding="utf-8"))

    assert [error.message for error in jsonschema_rs.Draft7Validator(schema).iter_errors(found())] == []


def test_what_slack_would_refuse_of_a_manifest_is_seen() -> None:
    bad = [copy.deepcopy(by_socket()) for _ in range(6)]
    bad[0]["features"]["assistant"] = {}
    bad[1]["features"]["agent_view"]["suggested_prompts"] *= 2
    bad[2]["display_information"]["name"] = "x" * 36
    bad[3]["display_information"]["long_description"] = "short"
    bad[4]["features"]["slash_commands"][0]["command"] = "faq"
    bad[5]["features"]["shortcuts"][0]["name"] = "x" * 25

    assert all(map(problems, bad))


def test_it_asks_for_no_more_than_it_needs() -> None:
    found = by_socket()

    assert found["oauth_config"]["scopes"] == {"bot": list(SCOPES)}
    assert set(SCOPES) == {"app_mentions:read", "assistant:write", "chat:write", "commands", "im:history"}
    assert set(EVENTS) == {"app_home_opened", "app_mention", "message.im", "app_uninstalled", "tokens_revoked"}
    assert "assistant_view" not in found["features"]


def test_by_socket_it_names_no_address_and_over_http_every_one() -> None:
    assert "https://" not in json.dumps(by_socket())
    assert by_socket()["settings"]["socket_mode_enabled"] is True
    url = "https://faq.example.org/slack/events"
    assert json.dumps(over_http()).count(url) == 3
    assert over_http()["settings"]["socket_mode_enabled"] is False


def test_a_base_without_topics_has_a_manifest_too() -> None:
    assert problems(manifest(KnowledgeBase.from_mapping({"hours": ["when are you open"]}), "/faq")) == []


def test_an_app_that_was_made_by_the_manifest_lacks_nothing() -> None:
    assert list(differences(by_socket(), by_socket())) == []
    assert list(differences(over_http(), over_http())) == []
    assert list(differences(over_http(), by_socket())) == [
        "Slash Commands: command /ask-us is missing",
        "Socket Mode: turn it off, or nothing is sent over HTTP",
        "Event Subscriptions: the request URL must be https://faq.example.org/slack/events",
        "Interactivity: the request URL must be https://faq.example.org/slack/events",
    ]


def test_of_an_app_that_nothing_is_set_up_in_everything_is_named() -> None:
    assert len(list(differences(by_socket(), {}))) > 12


def test_an_app_level_token_names_its_app() -> None:
    assert Tokens("xoxb-1", "xapp-1-A0123-456-abc").app_id == "A0123"
    assert Tokens("xoxb-1").app_id == ""
