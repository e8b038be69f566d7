"""Calls to Slack: what each is worth waiting for, and what its errors mean."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import WebClient
from slack_sdk.webhook import WebhookClient

from bot.channels.slack.blocks import Block, Message
from bot.channels.slack.outbox import Busy, Job, Outbox, Refused, Unreached

TIMEOUT = 20  # seconds that Slack may take for an answer
USUAL_WAIT = 1.0  # seconds, where Slack does not say how long
LATER = ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org")
UNFIT = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_arguments")  # text alone may do
PROMPTS = 4  # Slack shows no more
Told = Callable[[Any], None]

logger = logging.getLogger(__name__)


class Slack:
    """Posts, whispers and publishes, each in the lane of its method and channel. Nothing here waits for Slack.

    Slack counts a message that is posted, one that a single person sees, and a page, apart from each other.
    """

    def __init__(self, client: WebClient, outbox: Outbox) -> None:
        """`client` must not try again by itself (`retry_handlers=[]`): that would hold up a thread."""
        self._client, self._outbox = client, outbox

    def post(
        self, channel: str, messages: Sequence[Message], thread: str = "", *,
        urgent: bool = False, done: Told | None = None, failed: Told | None = None,
    ) -> None:  # fmt: skip
        """Post messages in a channel, or, where `channel` is a user, in the direct messages with them.

        `done` hears of the first one, `failed` of every one that Slack does not take even without its blocks.
        """
        where = {"channel": channel, **({"thread_ts": thread} if thread else {})}
        for number, message in enumerate(messages):
            self._said(
                ("post", channel),
                self._client.chat_postMessage,
                where,
                message,
                urgent,
                None if number else done,
                failed,
            )

    def whisper(
        self, channel: str, user: str, messages: Sequence[Message], thread: str = "", *,
        urgent: bool = False, done: Told | None = None, failed: Told | None = None,
    ) -> None:  # fmt: skip
        """Show messages to one person in a channel."""
        where = {"channel": channel, "user": user, **({"thread_ts": thread} if thread else {})}
        for number, message in enumerate(messages):
            self._said(
                ("whisper", channel),
                self._client.chat_postEphemeral,
                where,
                message,
                urgent,
                None if number else done,
                failed,
            )

    def respond(
        self, url: str, messages: Sequence[Message], thread: str = "", *,
        urgent: bool = False, done: Told | None = None, failed: Told | None = None,
    ) -> None:  # fmt: skip
        """Show messages to whoever clicked or gave a command, by the address that came with it."""
        hook = self._hook(url)

        def send(**values: Any) -> object:
            return hook.send_dict({"response_type": "ephemeral", "replace_original": False, **values})

        where = {"thread_ts": thread} if thread else {}
        for number, message in enumerate(messages):
            self._said(("respond", url), send, where, message, urgent, None if number else done, failed)

    def replace(self, channel: str, at: str, message: Message, url: str = "") -> None:
        """Put a message in the place of one of ours; `url` where only one person sees it."""
        if url:
            hook = self._hook(url)
            body = {"replace_original": True, **message.values()}
            self._outbox.put(("respond", url), Job(lambda: called(lambda: hook.send_dict(body))))
            return
        values: dict[str, Any] = {"text": message.text, "blocks": list(message.blocks)}
        update = Job(lambda: called(lambda: self._client.chat_update(channel=channel, ts=at, **values)))
        self._outbox.put(("update", channel), update)

    def prompt(self, channel: str, titles: Sequence[str], title: str, thread: str = "") -> None:
        """Suggest what to ask next to in a direct message.

        `thread` is for apps that still have Slack's assistant view: in the agent view Slack shows nothing if it is set.
        """
        prompts: list[str | dict[str, str]] = [{"title": one, "message": one} for one in titles[:PROMPTS]]
        if prompts:
            values: dict[str, Any] = {"channel_id": channel, "prompts": prompts, "title": title}
            values |= {"thread_ts": thread} if thread else {}
            call = self._client.api_call
            method = "assistant.threads.setSuggestedPrompts"
            self._outbox.put(("prompt", channel), Job(lambda: called(lambda: call(method, json=values))))

    def publish(self, user: str, view: Block) -> None:
        """Show a home page to somebody."""
        job = Job(lambda: called(lambda: self._client.views_publish(user_id=user, view=view)))
        self._outbox.put(("publish", user), job)

    def open(self, trigger: str, view: Block, *, over: bool = False) -> None:
        """Open a view, at once: the trigger lasts three seconds. `over`: on top of the one that is open.

        Raises Busy, Unreached, Refused.
        """
        show = self._client.views_push if over else self._client.views_open
        called(lambda: show(trigger_id=trigger, view=view))

    def link(self, channel: str, at: str) -> str:
        """The address of a message; raises Busy, Unreached, Refused."""
        return str(called(lambda: self._client.chat_getPermalink(channel=channel, message_ts=at))["permalink"])

    def _hook(self, url: str) -> WebhookClient:
        """What sends to a response address, by the same way as all else."""
        return WebhookClient(url, timeout=TIMEOUT, retry_handlers=[], ssl=self._client.ssl, proxy=self._client.proxy)

    def _said(
        self, lane: tuple[str, str], call: Callable[..., Any], where: Mapping[str, Any], message: Message,
        urgent: bool, done: Told | None, failed: Told | None,
    ) -> None:  # fmt: skip
        """Have a message sent; as text alone where Slack does not take its blocks."""

        def do() -> Any:
            try:
                return called(lambda: call(**where, **message.values()))
            except Refused as refused:
                if refused.error not in UNFIT or not message.blocks:
                    raise
                logger.error("Slack does not take the blocks of a message (%s): it is sent as text", refused.error)
                return called(lambda: call(**where, **Message(message.text).values()))

        self._outbox.put(lane, Job(do, done, failed), urgent=urgent)


def called(call: Callable[[], Any]) -> Any:
    """What a call gives; raises Busy, Unreached or Refused."""
    try:
        result = call()
    except SlackApiError as error:
        raise _meaning(error.response) from error
    except (URLError, OSError, http.client.HTTPException, SlackClientError) as error:
        raise Unreached(f"{type(error).__name__}: {error}") from error
    if getattr(result, "status_code", 200) != 200:  # of a response address: it raises nothing
        raise _meaning(result)
    return result


def _meaning(response: Any) -> Exception:
    """What a response that is no success means."""
    status = getattr(response, "status_code", 0)
    try:
        error = str(response["error"])
    except (KeyError, TypeError, AttributeError, IndexError):
        error = str(getattr(response, "body", "") or response)[:200]
    if status == 429 or error in ("ratelimited", "rate_limited"):
        return Busy(_wait(getattr(response, "headers", {})))
    if status >= 500 or error in LATER:
        return Unreached(f"Slack answered {status} {error}")
    return Refused(error)


def _wait(headers: Mapping[str, Any]) -> float:
    """The seconds of a Retry-After header."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        return max(float(value[0] if isinstance(value, list) else value), 0.0)
    except (ValueError, IndexError):
        return USUAL_WAIT
