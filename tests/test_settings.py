from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.settings import Setting, settle, unheard

SECRET = (Setting("region", "a key", "none", "KEY", int, secret=True),)


def test_a_flag_outweighs_a_variable_and_that_the_default(tmp_path: Path) -> None:
    environment = {"FAQBOT_CONTENT": str(tmp_path), "FAQBOT_REGION": "IE"}

    settings = settle({"region": "uk"}, environment)

    assert (settings.content, settings.region) == (tmp_path, "uk")
    assert settings.origins == {"content": "FAQBOT_CONTENT", "region": "--region"}


def test_where_nothing_is_set_the_defaults_hold() -> None:
    assert list(settle({}, {"XDG_CACHE_HOME": "/home/ada/cached"}).rows()) == [
        ("content", "the content that ships", "default"),
        ("cache", "/home/ada/cached/faqbot", "default"),
        ("region", "not known", "default"),
    ]


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
