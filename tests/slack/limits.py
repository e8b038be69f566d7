"""What Slack takes, written down apart from what the bot sends: slack_sdk's own models, and what these let through."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
TOGETHER = 12_000  # of a message, blocks and text as JSON in UTF-16 units; Slack gives up a little later
MARKDOWN = 12_000  # of all markdown blocks of a message
TEXT = 4_000  # that are read well; Slack cuts at 40,000
ONLY_IN_MESSAGES = ("context_actions", "markdown")
MARKUP = re.compile(r"<(https?://[^\s<>|]+|mailto:[^\s<>|]+)(\|[^<>|]+)?>")
ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")


def units(value: Any) -> int:
    """The length as JSON, in UTF-16 units."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass")) // 2


def message_problems(message: dict[str, Any]) -> Iterator[str]:
    """What Slack, or somebody who hears a message rather than sees it, would not take."""
    blocks, text = message.get("blocks") or [], message.get("text") or ""
    if not text.strip():
        yield "no text"
    if units(text) > TEXT + 2:
        yield f"text of {units(text)}"
    if units(blocks) + units(text) > TOGETHER:
        yield f"{units(blocks) + units(text)} units together"
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN:
        yield "too much markdown"
    yield from _markup(text)
    yield from block_problems(blocks, "message")


def view_problems(view: dict[str, Any]) -> Iterator[str]:
    """What Slack would not take of a view."""
    try:
        parsed = View(**view)
        parsed.validate_json()
    except Exception as error:
        yield f"{type(error).__name__}: {error}"
        return
    if parsed.to_dict() != view:
        yield "the view does not come back as it went in"
    if view["type"] == "modal" and any(b["type"] == "input" for b in view["blocks"]) and not view.get("submit"):
        yield "inputs, and nothing to send them with"
    yield from block_problems(view["blocks"], view["type"])


def block_problems(blocks: Sequence[dict[str, Any]], surface: str) -> Iterator[str]:
    """What Slack would not take of blocks."""
    if len(blocks) > MOST_BLOCKS[surface]:
        yield f"{len(blocks)} blocks"
    named = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(named) != len(set(named)):
        yield "a block_id twice"
    for block in blocks:
        try:
            yield from _sound(block)
        except Exception as error:
            yield f"{type(error).__name__}: {error} in {json.dumps(block)[:200]}"
        if surface != "message" and block["type"] in ONLY_IN_MESSAGES:
            yield f"{block['type']} in a {surface}"
        yield from _contents(block)


def _sound(block: dict[str, Any]) -> Iterator[str]:
    """What the models of slack_sdk say: parsed, judged, and the same when written again."""
    parsed = Block.parse(block)
    if parsed is None:
        yield f"no block: {block}"
        return
    parsed.validate_json()
    if parsed.to_dict() != block:
        yield f"does not come back as it went in: {json.dumps(block)[:200]} as {json.dumps(parsed.to_dict())[:200]}"


def _contents(block: dict[str, Any]) -> Iterator[str]:
    elements = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
    actions = [one["action_id"] for one in elements if "action_id" in one]
    if len(actions) != len(set(actions)):
        yield "an action_id twice in a block"
    for one in elements:
        if one["type"] == "feedback_buttons" and block["type"] != "context_actions":
            yield "feedback outside of context_actions"
        if one["type"] == "button" and one["text"]["type"] != "plain_text":
            yield "markup in a button"
        if "url" in one and not one["url"].startswith(("https://", "http://", "mailto:")):
            yield f"a button to {one['url']}"
    for text in _mrkdwn(block):
        if not 1 <= len(text.encode("utf-16-le", "surrogatepass")) // 2 <= 3000:
            yield f"mrkdwn of {len(text)}"
        yield from _markup(text)


def _mrkdwn(block: dict[str, Any]) -> Iterator[str]:
    for one in (block.get("text"), *block.get("elements", []), *(block.get("fields") or [])):
        if isinstance(one, dict) and one.get("type") == "mrkdwn":
            yield one["text"]


def _markup(text: str) -> Iterator[str]:
    """Signs that are markup and should not be: mentions, broken links, bare signs."""
    rest = MARKUP.sub("", text)
    quoted = "\n".join(line.removeprefix(">") for line in rest.split("\n"))
    if "<" in quoted or ">" in quoted or ENTITY.search(text):
        yield f"a bare sign in {text[:100]!r}"
