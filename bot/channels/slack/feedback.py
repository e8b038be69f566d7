"""What somebody thought of an answer."""

from __future__ import annotations

import logging

from bot.channels.slack.blocks import DOWN, REASONS, UP, Message, reasons, said
from bot.channels.slack.hearing import Place
from bot.channels.slack.workspace import Workspace
from bot.errors import RecordError

logger = logging.getLogger(__name__)


def judge(workspace: Workspace, place: Place, value: str) -> None:
    """Keep whether an answer helped; the last word wins. Somebody whom it did not help is asked why."""
    way, _, turn = value.partition(":")
    voice = workspace.voice
    if way not in (UP, DOWN) or not _kept(workspace, turn, helpful=way == UP):
        _thank(workspace, place, said(voice.say("slack_feedback_failed")))
    elif way == UP:
        _thank(workspace, place, said(voice.say("slack_thanks")))
    else:
        _thank(workspace, place, reasons(turn, voice, hand_over=workspace.hands_over(place)))


def reasoned(workspace: Workspace, place: Place, value: str, url: str) -> None:
    """Keep why an answer did not help."""
    reason, _, turn = value.partition(":")
    voice = workspace.voice
    known = reason in REASONS and _kept(workspace, turn, helpful=False, comment=voice.say(f"slack_reason_{reason}"))
    line = said(voice.say("slack_thanks" if known else "slack_feedback_failed"))
    if url:
        workspace.slack.replace(place.channel, "", line, url)
    else:
        _thank(workspace, place, line)


def _kept(workspace: Workspace, turn: str, *, helpful: bool, comment: str = "") -> bool:
    """Whether it could be kept; without a log there is nothing to keep it in, and nothing went wrong."""
    if workspace.log is None:
        return True
    try:
        workspace.log.give_feedback(turn, helpful=helpful, comment=comment)
    except RecordError as error:
        logger.warning("feedback could not be kept: %s", error)
        return False
    return True


def _thank(workspace: Workspace, place: Place, line: Message) -> None:
    workspace.slack.whisper(place.channel, place.user, [line], place.thread)
