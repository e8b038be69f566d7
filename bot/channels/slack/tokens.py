"""What Slack gave the app to be known by, from the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bot.errors import SettingError

BOT, APP, SIGNING, CONFIG = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CONFIG_TOKEN"
OAUTH = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")  # both set, they switch slack_bolt to many workspaces
KINDS = {  # how each begins, and where it is found
    "xoxb-": "the bot token (OAuth & Permissions)",
    "xapp-": "an app-level token (Basic Information, App-Level Tokens)",
    "xoxp-": "a user token",
    "xoxe.": "a configuration token (api.slack.com/apps, below the list)",
}
WANTED = {BOT: "xoxb-", APP: "xapp-", CONFIG: "xoxe."}
SIGNING_KIND = "the signing secret (Basic Information, App Credentials)"
LEAST_SIGNING = 16  # characters


class Tokens(NamedTuple):
    """The secrets of one app in one workspace; those that a mode does not need may be empty."""

    bot: str
    app: str = ""
    signing: str = ""
    config: str = ""

    @property
    def app_id(self) -> str:
        """The id of the app, which an app-level token holds (xapp-1-ID-…); empty where there is none."""
        parts = self.app.split("-")
        return parts[2] if len(parts) > 3 else ""

    @classmethod
    def read(cls, environment: Mapping[str, str], *, http: bool) -> Tokens:
        """The secrets of the environment; raises SettingError that names every one that is missing or another kind."""
        given = {name: environment.get(name, "").strip() for name in (BOT, APP, SIGNING, CONFIG)}
        if problems := list(_problems(given, environment, http=http)):
            raise SettingError("\n  ".join(["Slack cannot be reached with what is set:", *problems]))
        return cls(*given.values())


def _problems(given: Mapping[str, str], environment: Mapping[str, str], *, http: bool) -> Iterator[str]:
    """What is wrong with secrets, without showing any."""
    needed = (BOT, SIGNING) if http else (BOT, APP)
    for name, value in given.items():
        wanted = WANTED.get(name, "")
        kind = KINDS[wanted] if wanted else SIGNING_KIND
        other = next((what for start, what in KINDS.items() if value.startswith(start)), "something else")
        if not value:
            if name in needed:
                yield f"{name} is not set: it must be {kind}{f', which begins with {wanted}' if wanted else ''}"
        elif wanted and not value.startswith(wanted):
            yield f"{name} must be {kind}, which begins with {wanted}; it is {other}"
        elif not wanted and (other != "something else" or len(value) < LEAST_SIGNING):
            what = other if other != "something else" else f"shorter than {LEAST_SIGNING} characters"
            yield f"{name} must be {kind}; it is {what}"
    if all(environment.get(name) for name in OAUTH):
        yield f"{' and '.join(OAUTH)} are set, which is for apps of many workspaces: unset one, this is an app of one"
