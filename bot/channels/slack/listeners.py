"""What Slack tells the bot, and which function answers it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.web import WebClient

from bot.channels.slack.answering import answer, apologise, look_up, tell, tell_more
from bot.channels.slack.blocks import (
    ASK,
    FEEDBACK,
    HANDOFF,
    MORE,
    PICK,
    PICKED,
    REASON,
    TOPIC,
    Look,
    messages,
    said,
    without_choices,
)
from bot.channels.slack.feedback import judge, reasoned
from bot.channels.slack.handover import VIEW, WORDS, Handed, filled_in, form, hand_over, refuse
from bot.channels.slack.hearing import Place, clicked, commanded, heard, pointed, typed
from bot.channels.slack.home import answered, home, prompts, questions
from bot.channels.slack.outbox import Busy, Refused, Unreached
from bot.channels.slack.workspace import Workspace

SHORTCUT = "faq_answer_message"
LISTENER_THREADS = 32  # bolt has 5, which a few slow calls would use up
DOUBLE_CLICK = 5  # seconds

Body = Mapping[str, Any]

logger = logging.getLogger(__name__)


def application(workspace: Workspace, client: WebClient, executor: Executor, **more: Any) -> App:
    """The app of one workspace, with every listener. `executor` runs them; an event is acknowledged before.

    bolt would fetch every thread of a direct message again; `attaching_conversation_kwargs_enabled` is what forbids it.
    """
    app = App(client=client, listener_executor=executor, attaching_conversation_kwargs_enabled=False, **more)
    hears = Listeners(workspace)
    for event in ("app_mention", "message"):
        app.event(event)(hears.message)
    app.event("app_home_opened")(hears.opened)
    app.event("assistant_thread_started")(hears.assistant_started)
    for event in ("assistant_thread_context_changed", "app_context_changed"):
        app.event(event)(hears.nothing)
    for event in ("app_uninstalled", "tokens_revoked"):
        app.event(event)(hears.removed)
    app.command(workspace.options.command)(hears.command)
    app.shortcut(SHORTCUT)(hears.shortcut)
    for name, listener in (
        (ASK, hears.asked), (PICK, hears.asked), (MORE, hears.wants_more), (HANDOFF, hears.wants_person),
        (FEEDBACK, hears.judged), (REASON, hears.reasoned), (TOPIC, hears.wants_topic),
    ):  # fmt: skip
        app.action(re.compile(rf"^{name}(:.*)?$"))(listener)
    app.view(VIEW)(hears.sent)
    app.error(hears.failed)
    return app


class Listeners:
    """The listeners of one workspace. What is clicked or typed is acknowledged before anything else is done."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def message(self, body: Body, context: BoltContext) -> None:
        """A mention, or a direct message. Only what will be answered counts as seen: Slack sends a mention twice."""
        found = heard(body, context.bot_user_id or "", _home(context))
        if found is None or not self._workspace.is_new(*found.keys):
            return
        place = self._workspace.placed(found.place)
        self._guarded(place, "", lambda: answer(self._workspace, place, found.text))

    def command(self, ack: Ack, body: Body, context: BoltContext) -> None:
        """A question that only its writer sees."""
        ack()
        if self._is_new(body):
            place, url = self._workspace.placed(commanded(body, _home(context))), body["response_url"]
            self._guarded(place, url, lambda: answer(self._workspace, place, typed(body.get("text")), url))

    def shortcut(self, ack: Ack, body: Body, context: BoltContext) -> None:
        """Somebody's message, looked up for whoever points at it."""
        ack()
        if self._is_new(body):
            place, url = self._workspace.placed(pointed(body, _home(context))), body["response_url"]
            text = typed(body.get("message", {}).get("text"))
            self._guarded(place, url, lambda: answer(self._workspace, place, text, url))

    def asked(self, ack: Ack, body: Body, context: BoltContext) -> None:
        """A click on a question."""
        ack()
        action, place, url = self._clicked(body, context)
        intent = action.get("value") or (action.get("selected_option") or {}).get("value") or ""
        if not self._is_click(body, place, intent):
            return
        if body.get("view"):
            self._guarded(place, "", lambda: self._shown(body, place, intent))
        else:
            self._guarded(place, url, lambda: self._told(body, place, intent, url))

    def wants_more(self, ack: Ack, body: Body, context: BoltContext) -> None:
        """A click for the whole of an answer."""
        ack()
        action, place, url = self._clicked(body, context)
        turn, *intents = action["value"].split() or [""]
        if self._is_click(body, place, action["value"]):
            self._guarded(place, url, lambda: tell_more(self._workspace, place, turn, intents, url))

    def wants_person(self, ack: Ack, body: Body, context: BoltContext) -> None:
        """A click for a person: the form, while the click is fresh."""
        ack()
        action, place, url = self._clicked(body, context)
        if not self._workspace.hands_over(place):
            refuse(self._workspace, place, url)
            return
        try:
            self._workspace.slack.open(body["trigger_id"], form(self._workspace, place, action.get("value", "")))
        except (Busy, Unreached, Refused) as error:
            logger.error("the form to reach a person could not be opened: %s", error)
            refuse(self._workspace, place, url, "slack_ticket_failed")

    def sent(self, ack: Ack, body: Body, context: BoltContext) -> None:
        """A form that was filled in."""
        view = body["view"]
        words, contact = filled_in(view)
        if not words:
            ack(response_action="errors", errors={WORDS: self._workspace.voice.say("slack_ticket_empty")})
            return
        ack()
        handed = Handed.unpacked(view["private_metadata"], self._workspace.placed(clicked(body, _home(context))))
        if self._workspace.is_new(f"view {view['id']}"):
            self._guarded(handed.place, "", lambda: hand_over(self._workspace, handed, str(view["id"]), words, contact))

    def judged(self, ack: Ack, body: Body, context: BoltContext) -> None:
        """Thumbs."""
        ack()
        action, place, _ = self._clicked(body, context)
        judge(self._workspace, place, str(action.get("value", "")))

    def reasoned(self, ack: Ack, body: Body, context: BoltContext) -> None:
        """Why an answer did not help."""
        ack()
        action, place, url = self._clicked(body, context)
        reasoned(self._workspace, place, str(action.get("value", "")), url)

    def wants_topic(self, ack: Ack, body: Body, context: BoltContext) -> None:
        """A click on a topic of the home page."""
        ack()
        action, place, _ = self._clicked(body, context)
        view = questions(self._workspace.bot.kb, action["value"])
        if view is None:
            self._workspace.slack.post(place.user, [said(self._workspace.voice.say("slack_gone"))])
        else:
            self._guarded(place, "", lambda: self._workspace.slack.open(body["trigger_id"], view))

    def opened(self, body: Body) -> None:
        """The app was opened: its messages, where questions are suggested, or its home page."""
        event, workspace = body["event"], self._workspace
        if event.get("tab") == "messages":
            workspace.slack.prompt(event["channel"], prompts(workspace.bot.kb), workspace.voice.say("slack_prompts"))
        elif event.get("tab") == "home":
            hands_over = workspace.handovers is not None
            workspace.slack.publish(
                event["user"], home(workspace.bot.kb, workspace.options.command, hand_over=hands_over)
            )

    def assistant_started(self, body: Body) -> None:
        """The same for an app that still has Slack's older assistant view."""
        thread, workspace = body["event"].get("assistant_thread", {}), self._workspace
        channel, at = thread["channel_id"], thread["thread_ts"]
        workspace.slack.prompt(channel, prompts(workspace.bot.kb), workspace.voice.say("slack_prompts"), at)

    def nothing(self, body: Body) -> None:
        """What Slack tells and nobody needs: what somebody is looking at."""

    def removed(self, body: Body) -> None:
        """The app was taken out of the workspace."""
        logger.warning("the app was removed, or its tokens were revoked (%s)", body["event"]["type"])

    def failed(self, error: Exception) -> None:
        """What no listener has caught. Nobody but the operator sees it."""
        logger.error("something went wrong in Slack's listeners", exc_info=error)

    def _told(self, body: Body, place: Place, intent: str, url: str) -> None:
        """Answer in the thread; a question back is closed by the click on one of its choices."""
        workspace, action = self._workspace, body["actions"][0]
        if not tell(workspace, place, intent, url) or not str(action.get("block_id")).startswith(PICKED):
            return
        line = workspace.voice.say("slack_picked", title=workspace.voice.title(intent))
        if url:
            workspace.slack.replace(place.channel, "", said(line), url)
        elif message := body.get("message"):
            workspace.slack.replace(place.channel, message["ts"], without_choices(message, line))

    def _shown(self, body: Body, place: Place, intent: str) -> None:
        """Answer in a view on top of the list; by direct message where that cannot be opened."""
        workspace = self._workspace
        exchange = look_up(workspace, place, intent)
        if exchange is None:
            workspace.slack.post(place.user, [said(workspace.voice.say("slack_gone"))])
            return
        kb = workspace.bot.kb
        try:
            workspace.slack.open(body["trigger_id"], answered(exchange.reply, kb, exchange.asked), over=True)
        except (Busy, Unreached, Refused) as error:
            logger.warning("an answer is sent as a message, as its view cannot be opened: %s", error)
            workspace.slack.post(place.user, messages(exchange.reply, exchange.turn, kb, Look(full=True)))

    def _clicked(self, body: Body, context: BoltContext) -> tuple[Mapping[str, Any], Place, str]:
        """What was clicked, where, and the response address where only one person sees it."""
        alone = bool((body.get("container") or {}).get("is_ephemeral"))
        return (
            body["actions"][0],
            self._workspace.placed(clicked(body, _home(context))),
            body.get("response_url", "") if alone else "",
        )

    def _is_new(self, body: Body) -> bool:
        return self._workspace.is_new(f"trigger {body['trigger_id']}")

    def _is_click(self, body: Body, place: Place, value: str) -> bool:
        """Whether a click is neither sent again nor the second of two quick ones."""
        action, container = body["actions"][0], body.get("container") or {}
        moment = int(float(action.get("action_ts") or 0)) // DOUBLE_CLICK
        where = container.get("message_ts") or container.get("view_id")
        return self._workspace.is_new(f"click {place.channel} {where} {place.user} {value} {moment}")

    def _guarded(self, place: Place, url: str, do: Callable[[], None]) -> None:
        """Do it; whatever goes wrong, the person hears of it, and the operator of what it was."""
        try:
            do()
        except Exception:
            logger.exception("something in Slack could not be answered")
            if place.channel:
                apologise(self._workspace, place, url)
            else:
                apologise(self._workspace, place._replace(channel=place.user, thread=""))


def _home(context: BoltContext) -> str:
    """The workspace that the bot is installed in; in a shared channel a payload may be of another."""
    known = context.authorize_result
    return str(known.team_id if known and known.team_id else context.team_id or "")
