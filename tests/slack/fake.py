"""A small, strict Slack on this machine: Web API, Socket Mode and response addresses, on one port.

It refuses what Slack refuses, and also what Slack would take with a shrug: unknown arguments, messages without text,
blocks beyond any limit. Everything that it was sent is kept in the order in which it came.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import WSMsgType, web

from tests.slack.limits import message_problems, view_problems

BOT_TOKEN, APP_TOKEN, CONFIG_TOKEN = "xoxb-1-good", "xapp-1-A111-1-good", "xoxe.xoxp-1-good"
TEAM, OTHER_TEAM, BOT_USER, BOT_ID, APP = "T111", "T999", "UBOT", "BBOT", "A111"
SCOPES = ("app_mentions:read", "assistant:write", "chat:write", "commands", "im:history")
TRIGGER_LASTS, USES = 3.0, 5  # seconds; of a response address
POSTED = {"channel", "text", "blocks", "thread_ts", "unfurl_links", "unfurl_media"}
ARGUMENTS = {
    "auth.test": set(),
    "apps.connections.open": set(),
    "apps.manifest.export": {"app_id"},
    "chat.postMessage": POSTED,
    "chat.postEphemeral": POSTED - {"unfurl_links", "unfurl_media"} | {"user", "unfurl_links", "unfurl_media"},
    "chat.update": {"channel", "ts", "text", "blocks"},
    "chat.getPermalink": {"channel", "message_ts"},
    "assistant.threads.setSuggestedPrompts": {"channel_id", "prompts", "title", "thread_ts"},
    "views.open": {"trigger_id", "view"},
    "views.push": {"trigger_id", "view"},
    "views.publish": {"user_id", "view"},
}
TOKENS = {"apps.connections.open": APP_TOKEN, "apps.manifest.export": CONFIG_TOKEN}


@dataclass
class Call:
    """One call: what was asked, when (seconds), and what came of it."""

    method: str
    args: dict[str, Any]
    at: float
    status: int = 0
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.status == 200 and bool(self.answer.get("ok"))


Fault = tuple[int, dict[str, str], dict[str, Any]]  # status, headers, body


class FakeSlack:
    """Runs in a thread of its own. `paced`: one message a second in a channel, as Slack has it."""

    def __init__(self, *, view: str = "agent_view", paced: bool = False) -> None:
        self.view, self.paced = view, paced
        self.calls: list[Call] = []
        self.messages: list[dict[str, Any]] = []
        self.responses: list[tuple[str, dict[str, Any]]] = []  # response address, body
        self.acks: dict[str, list[tuple[float, Any]]] = {}
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.prompts: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.faults: dict[str, list[Fault]] = {}  # method, or method and channel -> what comes before the real answer
        self.members: dict[str, set[str]] = {"C111": {BOT_USER, "U111", "U222"}, "CEXT": {BOT_USER, "U111", "UEXT"}}
        self.directs = {"U111": "D111", "U222": "D222"}  # people who can be written to
        self.scopes: tuple[str, ...] = SCOPES
        self.manifest: dict[str, Any] = {}
        self.socket_opened = threading.Event()
        self._sockets: list[web.WebSocketResponse] = []
        self._tickets: set[str] = set()
        self._triggers: dict[str, float] = {}
        self._uses: dict[str, int] = {}
        self._last: dict[str, float] = {}
        self._numbers = itertools.count(100)
        self._changed = threading.Condition()
        self._ready = threading.Event()

    # The thread.

    def __enter__(self) -> FakeSlack:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        app = web.Application(client_max_size=2**22)
        app.router.add_post("/api/{method}", self._api)
        app.router.add_post("/respond/{name}", self._respond)
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        for socket in list(self._sockets):
            await socket.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where the Web API is."""
        return f"http://127.0.0.1:{self.port}/api/"

    # What tests look at.

    def wait(self, true: Callable[[], Any], seconds: float = 10.0) -> Any:
        """What a condition gives as soon as it holds; fails where it does not in time."""
        end = time.monotonic() + seconds
        with self._changed:
            while not (value := true()):
                left = end - time.monotonic()
                assert left > 0, f"it did not come true; called: {[(c.method, c.answer) for c in self.calls][-8:]}"
                self._changed.wait(min(left, 0.02))
            return value

    def of(self, method: str) -> list[Call]:
        """The calls of a method that went well."""
        return [call for call in self.calls if call.method == method and call.ok]

    def posts(self, channel: str = "", thread: str = "") -> list[dict[str, Any]]:
        """What stands in a channel or a thread, of the bot's."""
        kept = (one for one in self.messages if channel in ("", one["channel"]))
        return [one for one in kept if thread in ("", one.get("thread_ts"))]

    def timestamp(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06d}"

    def trigger(self) -> str:
        """What opens a view, once, within three seconds."""
        name = f"{next(self._numbers)}.{uuid.uuid4().hex}"
        self._triggers[name] = time.monotonic()
        return name

    def response_url(self) -> str:
        name = uuid.uuid4().hex
        self._uses[name] = 0
        return f"http://127.0.0.1:{self.port}/respond/{name}"

    # The Web API.

    async def _api(self, request: web.Request) -> web.Response:
        method, args = request.match_info["method"], await _arguments(request)
        call = Call(method, args, time.monotonic())
        self.calls.append(call)
        queue = self.faults.get(f"{method} {args.get('channel')}") or self.faults.get(method) or []
        if queue:
            status, headers, body = queue.pop(0)
        else:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            status, headers, body = self._answered(method, args, token)
        call.status, call.answer = status, body
        with self._changed:
            self._changed.notify_all()
        return web.json_response(body, status=status, headers=headers)

    def _answered(self, method: str, args: dict[str, Any], token: str) -> Fault:
        if method not in ARGUMENTS:
            return 200, {}, {"ok": False, "error": "unknown_method"}
        if token != TOKENS.get(method, BOT_TOKEN):
            return 200, {}, {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        if strange := args.keys() - ARGUMENTS[method]:
            return 200, {}, {"ok": False, "error": "invalid_arguments", "unknown": sorted(strange)}
        if method == "chat.postMessage" and self.paced:
            channel = self.directs.get(args["channel"], args["channel"])
            if time.monotonic() - self._last.get(channel, 0.0) < 0.99:
                return 429, {"Retry-After": "1"}, {"ok": False, "error": "ratelimited"}
            self._last[channel] = time.monotonic()
        body = getattr(self, "_" + method.replace(".", "_"))(args)
        headers = {"x-oauth-scopes": ",".join(self.scopes)} if method == "auth.test" else {}
        return 200, headers, {"ok": "error" not in body, **body}

    def _auth_test(self, args: dict[str, Any]) -> dict[str, Any]:
        return {
            "url": "https://t.slack.com/", "team": "T", "user": "bot", "team_id": TEAM, "user_id": BOT_USER,
            "bot_id": BOT_ID, "is_enterprise_install": False,
        }  # fmt: skip

    def _apps_connections_open(self, args: dict[str, Any]) -> dict[str, Any]:
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return {"url": f"ws://127.0.0.1:{self.port}/link?ticket={ticket}&app_id={APP}"}

    def _apps_manifest_export(self, args: dict[str, Any]) -> dict[str, Any]:
        return {"manifest": self.manifest} if args["app_id"] == APP else {"error": "invalid_app_id"}

    def _checked(self, args: dict[str, Any]) -> dict[str, Any] | None:
        """What speaks against a message."""
        if args["channel"] in self.directs:
            args["channel"] = self.directs[args["channel"]]
        members = self._members(args["channel"])
        if members is None:
            return {"error": "channel_not_found"}
        if BOT_USER not in members:
            return {"error": "not_in_channel"}
        if found := list(message_problems(args)):
            return {"error": "invalid_blocks", "problems": found}
        return None

    def _members(self, channel: str) -> set[str] | None:
        user = next((user for user, direct in self.directs.items() if direct == channel), None)
        return {BOT_USER, user} if user else self.members.get(channel)

    def _chat_postMessage(self, args: dict[str, Any]) -> dict[str, Any]:
        if error := self._checked(args):
            return error
        message: dict[str, Any] = {
            "type": "message", "ts": self.timestamp(), "user": BOT_USER, "bot_id": BOT_ID, "app_id": APP, "team": TEAM,
            **{name: args[name] for name in ("text", "blocks", "thread_ts") if name in args},
        }  # fmt: skip
        self.messages.append({**message, "channel": args["channel"]})
        return {"channel": args["channel"], "ts": message["ts"], "message": message}

    def _chat_postEphemeral(self, args: dict[str, Any]) -> dict[str, Any]:
        if error := self._checked(args):
            return error
        if args.get("user") not in (self._members(args["channel"]) or ()):
            return {"error": "user_not_in_channel"}
        return {"message_ts": self.timestamp()}

    def _chat_update(self, args: dict[str, Any]) -> dict[str, Any]:
        message = next((one for one in self.messages if one["ts"] == args["ts"]), None)
        if message is None or message["channel"] != args["channel"]:
            return {"error": "message_not_found"}
        if found := list(message_problems(args)):
            return {"error": "invalid_blocks", "problems": found}
        message.update(text=args["text"], blocks=args.get("blocks", []))
        return {"ts": args["ts"], "channel": args["channel"], "text": args["text"]}

    def _chat_getPermalink(self, args: dict[str, Any]) -> dict[str, Any]:
        at = args["message_ts"].replace(".", "")
        return {"channel": args["channel"], "permalink": f"https://t.slack.com/archives/{args['channel']}/p{at}"}

    def _assistant_threads_setSuggestedPrompts(self, args: dict[str, Any]) -> dict[str, Any]:
        if not 1 <= len(args["prompts"]) <= 4 or any(one.keys() != {"title", "message"} for one in args["prompts"]):
            return {"error": "invalid_arguments"}
        if self.view == "agent_view" and args.get("thread_ts"):
            return {}  # Slack says that all is well, and shows nothing
        if self.view == "assistant_view" and not args.get("thread_ts"):
            return {"error": "invalid_arguments"}
        self.prompts[args["channel_id"], args.get("thread_ts", "")] = args["prompts"]
        return {}

    def _views_open(self, args: dict[str, Any]) -> dict[str, Any]:
        opened = self._triggers.pop(args["trigger_id"], None)
        if opened is None:
            return {"error": "invalid_trigger_id"}
        if time.monotonic() - opened > TRIGGER_LASTS:
            return {"error": "expired_trigger_id"}
        if found := list(view_problems(args["view"])):
            return {"error": "invalid_arguments", "problems": found}
        view = {**args["view"], "id": f"V{next(self._numbers)}", "hash": "1.a", "team_id": TEAM, "app_id": APP}
        self.views[view["id"]] = view
        return {"view": view}

    _views_push = _views_open

    def _views_publish(self, args: dict[str, Any]) -> dict[str, Any]:
        if args["view"]["type"] != "home":
            return {"error": "invalid_arguments"}
        if found := list(view_problems(args["view"])):
            return {"error": "invalid_arguments", "problems": found}
        self.homes[args["user_id"]] = args["view"]
        return {"view": {**args["view"], "id": f"V{next(self._numbers)}"}}

    async def _respond(self, request: web.Request) -> web.Response:
        name, body = request.match_info["name"], await request.json()
        if name not in self._uses or self._uses[name] >= USES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        if self.faults.get("respond"):
            status, headers, answer = self.faults["respond"].pop(0)
            return web.json_response(answer, status=status, headers=headers)
        if found := list(message_problems(body)):
            return web.json_response({"ok": False, "error": "invalid_blocks", "problems": found}, status=400)
        self._uses[name] += 1
        self.responses.append((str(request.url), body))
        with self._changed:
            self._changed.notify_all()
        return web.Response(text="ok")

    # Socket Mode.

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        hello = {"type": "hello", "num_connections": len(self._sockets), "connection_info": {"app_id": APP}}
        await socket.send_json({**hello, "debug_info": {"host": "fake", "approximate_connection_time": 18060}})
        self.socket_opened.set()
        async for message in socket:
            if message.type == WSMsgType.TEXT and message.data.startswith("{"):
                ack = json.loads(message.data)
                self.acks.setdefault(ack["envelope_id"], []).append((time.monotonic(), ack.get("payload")))
                with self._changed:
                    self._changed.notify_all()
        self._sockets.remove(socket)
        return socket

    def send(self, kind: str, payload: dict[str, Any], *, retry: int = 0, name: str = "") -> str:
        """Send an envelope down the newest connection; its id."""
        name = name or str(uuid.uuid4())
        envelope: dict[str, Any] = {"envelope_id": name, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        self._down(envelope)
        return name

    def deliver(self, kind: str, payload: dict[str, Any], **more: Any) -> tuple[Any, float]:
        """Send an envelope and wait for its acknowledgement: what it holds, and the seconds it took."""
        began = time.monotonic()
        name = self.send(kind, payload, **more)
        at, body = self.wait(lambda: self.acks.get(name))[0]
        return body, at - began

    def disconnect(self) -> None:
        """Ask for a new connection, as Slack does every few hours; the old one is closed by the other side."""
        self.socket_opened.clear()
        self._down({"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "fake"}})

    def cut(self) -> None:
        """Close the connection without a word."""
        self.socket_opened.clear()
        asyncio.run_coroutine_threadsafe(self._sockets[-1].close(), self._loop).result(10)

    def _down(self, envelope: dict[str, Any]) -> None:
        asyncio.run_coroutine_threadsafe(self._sockets[-1].send_json(envelope), self._loop).result(10)


async def _arguments(request: web.Request) -> dict[str, Any]:
    """The arguments of a call, from JSON or from a form whose nested values are JSON."""
    text = await request.text()
    if request.content_type == "application/json":
        return dict(json.loads(text or "{}"))
    args: dict[str, Any] = dict(parse_qsl(text, keep_blank_values=True))
    for name in ("blocks", "view", "prompts"):
        if isinstance(args.get(name), str):
            args[name] = json.loads(args[name])
    return args
