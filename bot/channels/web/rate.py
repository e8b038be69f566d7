"""How often one address may ask."""

from __future__ import annotations

import logging
import math
import time
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from bot.errors import SettingError

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

MEMORY, REDIS = "memory://", ("redis://", "rediss://", "unix://")
SUGGEST, SUGGESTIONS = "suggest", 10  # for every question: they are asked for while it is typed
ONE_HOME = 64  # bits of an IPv6 address that a subscriber has in common
PATIENCE = 0.25  # seconds that a counter elsewhere may take
PAUSE = 10  # seconds without it, once it took longer

logger = logging.getLogger(__name__)


class Rate:
    """Counts what addresses ask for, in memory or in Redis. Where the counter is out of reach, everybody may ask."""

    def __init__(self, rate: str, url: str = MEMORY) -> None:
        """`rate`: such as 60/minute; empty for no limit. Raises SettingError for a URL that cannot be used."""
        self._item = parse(rate) if rate else None
        self._many = _times(self._item, SUGGESTIONS) if self._item else None
        storage, self._pool = _storage(url)
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._not_before = -math.inf  # when the counter is tried again after it was out of reach

    async def wait(self, what: str, address: str) -> int:
        """Count one more, and give the seconds until it is allowed; 0 where it is."""
        item = self._many if what == SUGGEST else self._item
        if not item or time.monotonic() < self._not_before:
            return 0
        who = grouped(address)
        try:
            if await self._limiter.hit(item, what, who):
                return 0
            window = await self._limiter.get_window_stats(item, what, who)
        except (StorageError, OSError, TimeoutError) as error:
            self._not_before = time.monotonic() + PAUSE
            logger.warning("questions are not counted, so that everybody may ask: %s", error)
            return 0
        return max(1, math.ceil(window.reset_time - time.time()))

    async def close(self) -> None:
        """Close the connections to the counter."""
        if self._pool:
            await self._pool.disconnect()


def grouped(address: str) -> str:
    """An address as it is counted: IPv6 by the network of one home.

    >>> grouped("2001:db8:1:2:3:4:5:6"), grouped("::ffff:192.0.2.1"), grouped("192.0.2.1")
    ('2001:db8:1:2::/64', '192.0.2.1', '192.0.2.1')
    """
    if ":" not in address:
        return address
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6 and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, ONE_HOME), strict=False))


def _times(item: RateLimitItem, more: int) -> RateLimitItem:
    return type(item)(item.amount * more, item.multiples, item.namespace)


def _storage(url: str) -> tuple[Storage, ConnectionPool | None]:
    if url == MEMORY:
        return MemoryStorage(), None
    if not url.startswith(REDIS):
        raise SettingError(f"rate-url: cannot count there: give {MEMORY} or a URL of Redis, such as redis://127.0.0.1")
    try:
        from redis.asyncio import ConnectionPool  # of an extra of its own

        pool = ConnectionPool.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    except (ImportError, ValueError) as error:
        raise SettingError(f"rate-url: cannot count in Redis ({error}): pip install 'faqbot[redis]'") from error
    storage = RedisStorage(
        "async+redis://", implementation="redispy", wrap_exceptions=True,
        connection_pool=pool,  # type: ignore[arg-type]  # as it is documented
    )  # fmt: skip
    return storage, pool
