"""The service as a process: signals, the server, and its end."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import uvicorn
import uvloop

from bot.channels.web.app import create_app
from bot.channels.web.site import Site
from bot.errors import ChannelError

ENDS = (signal.SIGTERM, signal.SIGINT)
PATIENCE = 15  # seconds that requests in flight may take when the service ends
SWITCH = 0.0005  # seconds after which the log's thread, or a long message's, lets the loop go on; 0.005 is usual
IDLE = 30  # seconds that a connection may wait for its next request


class _Server(uvicorn.Server):
    """Leaves signals to this module: uvicorn raises them again after an orderly end, which spoils the exit code."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


def serve(site: Site, host: str, port: int, proxies: tuple[str, ...], ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP reads the content anew. `ready` is told the address once it answers.

    Raises ChannelError where the address cannot be had.
    """
    config = uvicorn.Config(
        create_app(site), host=host, port=port, http="httptools", ws="none", loop="uvloop", lifespan="on",
        log_config=None, access_log=False, server_header=False,
        proxy_headers=bool(proxies), forwarded_allow_ips=list(proxies),
        timeout_keep_alive=IDLE, timeout_graceful_shutdown=PATIENCE,
    )  # fmt: skip
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        why = error.strerror or error
        raise ChannelError(f"cannot listen on {host}:{port} ({why}): give another --host or --port") from error
    sys.setswitchinterval(SWITCH)
    bound = listening.getsockname()
    shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
    with listening, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_served(_Server(config), [listening], site, partial(ready, f"http://{shown}:{bound[1]}")))


async def _served(server: uvicorn.Server, sockets: list[object], site: Site, ready: Callable[[], None]) -> None:
    reloads: set[asyncio.Task[bool]] = set()

    def reload() -> None:
        task = asyncio.create_task(site.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, reload)
    for end in ENDS:
        loop.add_signal_handler(end, server.handle_exit, end, None)
    serving = asyncio.create_task(server.serve(sockets=sockets))  # type: ignore[arg-type]
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if server.started:
        ready()
    await serving
