"""Keys and rates of the HTTP service."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
import redis

from bot.channels.web.keys import ADMIN, ASK, Keys, made
from bot.channels.web.rate import Rate
from bot.cli import main
from bot.errors import SettingError

VARIABLE, USUAL = "FAQBOT_TEST_REDIS", "redis://127.0.0.1:6379"


def test_a_key_opens_what_it_is_for_and_an_admin_asks_too() -> None:
    ask, ask_kept = made("desk", ASK)
    admin, admin_kept = made("ada", ADMIN)
    keys = Keys([ask_kept, admin_kept])

    opened = {
        (name, scope): keys.allow(f"Bearer {key}", scope)
        for name, key in (("ask", ask), ("admin", admin))
        for scope in (ASK, ADMIN)
    }

    assert opened == {("ask", ASK): True, ("ask", ADMIN): False, ("admin", ASK): True, ("admin", ADMIN): True}


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic abc", "ü", "Bearer \ud800"])
def test_what_is_no_key_opens_nothing(given: str) -> None:
    assert not Keys([made("desk", ASK)[1]]).allow(given, ASK)
    assert not Keys().allow(given, ASK)


def test_a_kept_key_does_not_hold_the_key() -> None:
    key, kept = made("desk", ASK)

    assert key not in kept.line()
    assert key.removeprefix("fb_") not in kept.line()


def test_keys_are_read_from_lines_and_from_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    (first, kept), (second, other) = made("desk", ASK), made("ada", ADMIN)
    file = tmp_path / "keys.txt"
    file.write_text(f"# the operator\n{other.line()}  # ada\n\n", encoding="utf-8")
    file.chmod(0o600)

    keys = Keys.read(f"{kept.line()},", file)

    assert keys.allow(f"Bearer {first}", ASK)
    assert keys.allow(f"Bearer {second}", ADMIN)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys.txt"
    file.write_text(made("desk", ASK)[1].line(), encoding="utf-8")
    file.chmod(0o640)

    with pytest.raises(SettingError, match="can be read by others: run chmod 600"):
        Keys.read("", file)


@pytest.mark.parametrize(
    "lines", ["desk", "desk ask secret-in-the-open", "a b ask sha256:00", "desk root sha256:" + "0" * 64]
)
def test_a_line_that_is_no_key_is_refused_without_repeating_it(lines: str) -> None:
    with pytest.raises(SettingError) as caught:
        Keys.read(lines)

    assert "line 1 is no key" in str(caught.value)
    assert "secret-in-the-open" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        Keys.read("", tmp_path / "none")


def test_the_command_makes_a_key_and_a_file_for_its_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "keys.txt"

    codes = [main(["key", "ada", "--admin", "--file", str(file)], {}), main(["key", "desk", "--file", str(file)], {})]

    admin, ask = capsys.readouterr().out.split()
    keys = Keys.read("", file)
    assert codes == [0, 0]
    assert file.stat().st_mode & 0o777 == 0o600
    assert (keys.allow(f"Bearer {admin}", ADMIN), keys.allow(f"Bearer {ask}", ADMIN)) == (True, False)


def test_a_name_that_is_none_gets_no_key() -> None:
    assert main(["key", "two words"], {}) == 2


Waits = list[int]


async def waits(rate: Rate, *asked: tuple[str, str]) -> Waits:
    return [await rate.wait(what, address) for what, address in asked]


def unused(rate: Callable[[], Rate], check: Callable[[Rate, str], Awaitable[None]]) -> None:
    """Run a check with a rate of its own and an address that nobody has used."""

    async def run() -> None:
        made = rate()
        try:
            await check(made, f"test-{uuid4().hex}")
        finally:
            await made.close()

    asyncio.run(run())


@cache
def silent(url: str) -> str:
    """Why no Redis answers there; empty where one does."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2) as server:
            server.ping()
    except redis.RedisError as error:
        return str(error)
    return ""


@pytest.fixture
def real() -> str:
    """The URL of the Redis to test with; skips where none answers, unless one is demanded."""
    url = os.environ.get(VARIABLE) or USUAL
    if not os.environ.get(VARIABLE) and (why := silent(url)):
        pytest.skip(f"no Redis answers at {url} ({why}): start one, or name another in {VARIABLE}")
    return url


@pytest.fixture(params=["memory", "redis"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = "memory://" if request.param == "memory" else request.getfixturevalue("real")
    return found


def test_an_address_may_ask_so_often_and_then_waits(url: str) -> None:
    async def check(rate: Rate, address: str) -> None:
        found = await waits(rate, *[("ask", address)] * 4)
        assert found[:3] == [0, 0, 0]
        assert 1 <= found[3] <= 3600
        assert await waits(rate, ("ask", f"other-{address}"), ("feedback", address)) == [0, 0]

    unused(lambda: Rate("3/hour", url), check)


def test_who_waited_may_ask_again(url: str) -> None:
    async def check(rate: Rate, address: str) -> None:
        assert await waits(rate, ("ask", address), ("ask", address)) == [0, 1]
        await asyncio.sleep(2.1)
        assert await waits(rate, ("ask", address)) == [0]

    unused(lambda: Rate("1/second", url), check)


def test_processes_that_count_in_one_redis_share_the_count(real: str) -> None:
    async def check(rate: Rate, address: str) -> None:
        assert await rate.wait("ask", address) == 0
        other = Rate("1/hour", real)
        assert await other.wait("ask", address) > 0
        await other.close()

    unused(lambda: Rate("1/hour", real), check)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1", "redis://192.0.2.1:6379"], ids=["refused", "silent"])
def test_where_the_counter_is_out_of_reach_everybody_may_ask_at_once(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def check(rate: Rate, address: str) -> None:
        started = time.monotonic()
        assert await waits(rate, ("ask", address), ("ask", address)) == [0, 0]
        assert time.monotonic() - started < 2

    with caplog.at_level(logging.WARNING):
        unused(lambda: Rate("1/hour", url), check)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_home_is_counted_as_one() -> None:
    async def check(rate: Rate, _: str) -> None:
        found = await waits(rate, ("ask", "2001:db8::1"), ("ask", "2001:db8::2"), ("ask", "2001:db8:0:1::1"))
        assert found[0] == found[2] == 0
        assert found[1] > 0

    unused(lambda: Rate("1/hour"), check)


def test_a_place_where_nothing_can_be_counted_is_refused() -> None:
    with pytest.raises(SettingError, match=r"memory:// or a URL of Redis"):
        Rate("1/hour", "mongodb://x")
