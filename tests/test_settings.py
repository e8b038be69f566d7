from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.settings import EVERY, Setting, add_flags, settle, unheard

SECRET = (Setting("region", "a key", "none", "KEY", int, secret=True),)


def test_a_flag_outweighs_a_variable_and_that_the_default(tmp_path: Path) -> None:
    environment = {"FAQBOT_CONTENT": str(tmp_path), "FAQBOT_REGION": "IE"}

    settings = settle({"region": "uk"}, environment)

    assert (settings.content, settings.region) == (tmp_path, "uk")
    assert settings.came_from == {"content": "FAQBOT_CONTENT", "region": "--region"}


def test_where_nothing_is_set_the_defaults_hold() -> None:
    rows = list(settle({}, {"XDG_CACHE_HOME": "/home/ada/cached", "XDG_STATE_HOME": "/home/ada/state"}).rows())

    assert rows[:4] == [
        ("content", "the content that ships", "default"),
        ("cache", "/home/ada/cached/faqbot", "default"),
        ("region", "not known", "default"),
        ("database_url", "sqlite:////home/ada/state/faqbot/log.db", "default"),
    ]
    assert {origin for _, _, origin in rows} == {"default"}


def test_an_empty_variable_counts_as_unset() -> None:
    assert settle({}, {"FAQBOT_REGION": ""}) == settle({}, {})


def test_a_cache_can_be_switched_off() -> None:
    assert settle({"cache": "off"}, {}).cache is None


@pytest.mark.parametrize(
    ("flags", "environment", "message"),
    [
        ({"content": "no/such/folder"}, {}, "--content: 'no/such/folder' is not a folder"),
        ({"content": ""}, {}, "--content: '' is not a folder"),
        ({}, {"FAQBOT_CONTENT": "nowhere"}, "FAQBOT_CONTENT: 'nowhere' is not a folder"),
        ({"port": "70000"}, {}, "--port: '70000' is not a whole number from 0 to 65535"),
        ({}, {"FAQBOT_REQUIRE_KEY": "maybe"}, "FAQBOT_REQUIRE_KEY: 'maybe' is neither 1 nor 0"),
        ({"rate": "many"}, {}, "--rate: 'many' is no rate: write one such as 60/minute"),
        ({"origins": "example.org"}, {}, "--origins: 'example.org' holds 'example.org', which is no origin"),
        ({"proxies": "10.0.0.1/8"}, {}, "--proxies: '10.0.0.1/8' holds '10.0.0.1/8', which is no address or network"),
        ({}, {"FAQBOT_SECRET": "short"}, "FAQBOT_SECRET: *** cannot be used"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(
    flags: dict[str, str], environment: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingError) as caught:
        settle(flags, environment)

    assert str(caught.value).startswith(message)


def test_a_refused_secret_is_not_told() -> None:
    with pytest.raises(SettingError) as caught:
        settle({}, {"FAQBOT_REGION": "hunter2"}, SECRET)

    assert "hunter2" not in str(caught.value)


def test_a_variable_that_sets_nothing_is_found() -> None:
    assert unheard({"FAQBOT_CONTNET": "x", "FAQBOT_REGION": "UK", "HOME": "/"}) == ("FAQBOT_CONTNET",)


def test_the_password_of_a_url_is_not_shown() -> None:
    settings = settle(
        {"database_url": "postgresql://bot:hunter2@db/faqbot"}, {"FAQBOT_RATE_URL": "redis://:hunter2@db"}
    )

    shown = {name: value for name, value, _ in settings.rows()}

    assert (shown["database_url"], shown["rate_url"]) == ("postgresql://bot:***@db/faqbot", "redis://:***@db")


def test_lists_are_set_apart_by_commas_or_spaces() -> None:
    settings = settle({"origins": "https://a.example, https://b.example:8443"}, {"FAQBOT_PROXIES": "10.0.0.0/8 ::1"})

    assert settings.origins == ("https://a.example", "https://b.example:8443")
    assert settings.proxies == ("10.0.0.0/8", "::1")


def test_what_is_secret_has_no_flag() -> None:
    parser = ArgumentParser()

    add_flags(parser, EVERY)

    assert "--secret" not in parser.format_help()
    assert "--database-url" in parser.format_help()
