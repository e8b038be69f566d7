"""Replies of safety: to the writer, by more than one way, and never before everybody's eyes if it can be helped."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

from bot.channels.slack.blocks import Look, Message, messages
from bot.channels.slack.hearing import Place
from bot.channels.slack.memory import Exchange
from bot.channels.slack.workspace import Workspace
from bot.decision import Alarmed
from bot.knowledge.replies import REFUSALS
from bot.reply import Reply

logger = logging.getLogger(__name__)


class Ways(NamedTuple):
    """How somebody can be reached besides by direct message."""

    url: str = ""  # the response address of a click or a command
    remember: Callable[[Place], None] = lambda _: None  # told of the thread that a direct message began


def is_private(reply: Reply) -> bool:
    """Whether a reply is for its reader alone: about danger, not a refusal."""
    return any(isinstance(part, Alarmed) and part.category not in REFUSALS for part in reply.parts)


def privately(workspace: Workspace, place: Place, exchange: Exchange, ways: Ways) -> None:
    """Have a reply of safety sent to its reader: at once, before all that waits."""
    look = Look(hand_over=workspace.hands_over(place), feedback=False)
    to_person(workspace, place, messages(exchange.reply, exchange.turn, workspace.bot.kb, look), ways)


def to_person(workspace: Workspace, place: Place, said: Sequence[Message], ways: Ways) -> None:
    """Have messages sent to one person: in their direct messages, and where they wrote, as they alone see it.

    If neither can be done, they are posted in the thread; they quote nobody.
    """
    slack, left = workspace.slack, Lock()
    failures: set[str] = set()

    def failed(way: str, error: object) -> None:
        logger.error("a reply of safety could not be sent as %s: %s", way, error)
        with left:
            last = way not in failures and len(failures) == 1
            failures.add(way)
        if last:
            slack.post(place.channel, said, place.thread, urgent=True, failed=lost)

    def began(result: Mapping[str, Any]) -> None:
        ways.remember(Place(place.team, str(result["channel"]), str(result["ts"]), place.user, direct=True))

    if place.direct and not ways.url:
        slack.post(
            place.channel, said, place.thread, urgent=True,
            failed=lambda _: slack.post(place.user, said, urgent=True, failed=lost),
        )  # fmt: skip
        return
    slack.post(place.user, said, urgent=True, done=began, failed=lambda error: failed("a direct message", error))
    if ways.url:
        slack.respond(
            ways.url, said, place.thread, urgent=True, failed=lambda error: failed("a private response", error)
        )
    else:
        slack.whisper(
            place.channel, place.user, said, place.thread,
            urgent=True, failed=lambda error: failed("an ephemeral message", error),
        )  # fmt: skip


def lost(error: object) -> None:
    """Tell the operator that somebody in danger was not reached."""
    logger.critical("a reply of safety could not be sent in any way: %s", error)
