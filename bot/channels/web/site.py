"""What every endpoint of one service shares, and the content that can be changed under it."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from fastapi import Request

from bot.channels.web.content import Content
from bot.channels.web.keys import ASK, Keys
from bot.channels.web.metrics import Metrics
from bot.channels.web.problems import Problem
from bot.channels.web.rate import Rate
from bot.channels.web.tokens import Tokens
from bot.desks import HelpDesk
from bot.engine import Bot
from bot.errors import ContentError, RecordError
from bot.handover import HandOvers
from bot.record import Log, Outcome, Stamp
from bot.record.inbox import Inbox

AT_ONCE = 200  # characters of a message that is answered within the loop: 1 to 10 ms; a thread would cost more
THREADS = 2  # for longer ones: as many as may compete with the loop for the interpreter
PURGE_EVERY = 24 * 60 * 60  # seconds

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """How a service is run, whatever it serves."""

    secret: str
    keys: Keys = field(default_factory=Keys)
    require_key: bool = False
    rate: Rate = field(default_factory=lambda: Rate(""))
    origins: tuple[str, ...] = ()
    log_refusals: bool = False
    keep_days: int = 30
    patience: float = 10  # seconds that a body may take
    handovers: HandOvers | None = None


class Site:
    """The content that is served, and what its endpoints share. `content` is swapped in one go by `reload`."""

    def __init__(self, load: Callable[[], Bot], options: Options, log: Log | None = None) -> None:
        """`load` gives the bot anew; raises ContentError here and now where it cannot."""
        self._load = load
        self.content = Content(load())
        _set_aside()
        self.options = options
        self.log = log
        self.inbox: Inbox | None = None
        self.hooks: dict[str, HelpDesk] = {}  # that may tell of what happens, by name
        self.unwritten = 0  # turns that could not even be handed to the log
        self._lock = threading.Lock()  # of `unwritten`
        self.tokens = Tokens(options.secret)
        self.metrics = Metrics(lambda: self.dropped, lambda: self.content.kb.hash)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="faqbot-long")

    @property
    def dropped(self) -> int:
        """The turns that were answered and not written down."""
        return self.unwritten + (self.log.dropped if self.log else 0)

    async def work(self, size: int, do: Callable[[], Result]) -> Result:
        """What `do` gives; where `size` (characters of a message) makes it long, the loop goes on meanwhile."""
        if size <= AT_ONCE:
            return do()
        return await asyncio.get_running_loop().run_in_executor(self._pool, do)

    async def admit(self, request: Request, what: str, scope: str = ASK) -> None:
        """Judge the key and the rate of a request; raises Problem."""
        if (scope != ASK or self.options.require_key) and not self.options.keys.allow(
            request.headers.get("authorization", ""), scope
        ):
            raise Problem(401, headers={"WWW-Authenticate": 'Bearer realm="faqbot"'})
        if seconds := await self.options.rate.wait(what, address(request)):
            raise Problem(429, headers={"Retry-After": str(seconds)})

    def write(self, size: int, what: Callable[[], Outcome], stamp: Stamp) -> None:
        """Have a turn written down soon; `size` is that of its message. Whatever goes wrong, the reply is sent."""
        if self.log is None:
            return
        if size <= AT_ONCE:
            self._write(self.log, what, stamp)
        else:
            self._pool.submit(self._write, self.log, what, stamp)

    def _write(self, log: Log, what: Callable[[], Outcome], stamp: Stamp) -> None:
        try:
            log.write_again(what(), stamp)
        except Exception:
            with self._lock:
                self.unwritten += 1
            logger.exception("a turn could not be written down")

    async def reload(self) -> bool:
        """Read the content anew and serve it; the old one stays where the new one is wrong."""
        try:
            fresh = await asyncio.to_thread(lambda: Content(self._load()))
        except (ContentError, OSError) as error:
            logger.error("the content stays as it was, as the new one does not load:\n%s", error)
            self.metrics.reloads.labels("refused").inc()
            return False
        self.content = fresh
        await asyncio.to_thread(_set_aside)
        self.metrics.reloads.labels("taken").inc()
        logger.info("the content was read anew: %s", fresh.kb.hash)
        return True

    async def purge_daily(self) -> None:
        """Delete what is older than may be kept, now and once a day."""
        while self.log:
            before = datetime.now(UTC) - timedelta(days=self.options.keep_days)
            try:
                gone = await asyncio.to_thread(self.log.purge, before)
                if self.inbox:
                    await asyncio.to_thread(self.inbox.purge, before)
                logger.info("%d turns from before %s were deleted", gone, before.date())
            except RecordError as error:
                logger.warning("old turns are not deleted yet: %s", error)
            await asyncio.sleep(PURGE_EVERY)

    def close(self) -> None:
        """Write down what still waits."""
        self._pool.shutdown()
        if self.options.handovers:
            self.options.handovers.close()
        if self.log:
            self.log.close()


def _set_aside() -> None:
    """Have the collector leave alone what stays: it would walk the whole base again and again, 50 ms at a time."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def site_of(request: Request) -> Site:
    """The site that a request is for."""
    site: Site = request.app.state.site
    return site


def address(request: Request) -> str:
    """Where a request came from; a proxy that is believed has told."""
    return request.client.host if request.client else "unknown"
