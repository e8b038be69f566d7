"""What an app lacks in Slack, as far as Slack tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from slack_sdk.web import WebClient

from bot.channels.slack.calls import called
from bot.channels.slack.manifest import Manifest, differences, missing_scopes
from bot.channels.slack.outbox import Busy, Refused, Unreached
from bot.channels.slack.tokens import APP, BOT, CONFIG, Tokens
from bot.errors import ChannelError

SCOPES = "x-oauth-scopes"  # the header in which Slack names the scopes of a token
MEANT = {  # of Slack's words for why it opens no connection
    "invalid_auth": f"{APP} is not known to Slack: make one under Basic Information, App-Level Tokens",
    "not_allowed_token_type": f"{APP} is another kind of token: make one under Basic Information, App-Level Tokens",
    "missing_scope": f"{APP} lacks the scope connections:write: make one that has it",
}


class Inspected(NamedTuple):
    """What is known of an app, what is missing, and what could not be looked at."""

    facts: tuple[str, ...]
    missing: tuple[str, ...]
    unseen: tuple[str, ...]


def inspect(client: WebClient, tokens: Tokens, wanted: Manifest) -> Inspected:
    """Ask Slack what the tokens are good for, and how the app is set up; raises ChannelError where it cannot."""
    try:
        known = called(client.auth_test)
        facts = [f"{BOT} is of {known['user']} in {known['team']} ({known['team_id']})"]
        headers = {name.lower(): value for name, value in known.headers.items()}
        granted = [scope.strip() for scope in str(headers.get(SCOPES, "")).split(",")]
        missing = [*missing_scopes(granted), *_connection(client, tokens)]
        unseen = []
        if tokens.config and tokens.app_id:
            export = called(
                lambda: client.api_call(
                    "apps.manifest.export",
                    params={"app_id": tokens.app_id},
                    headers={"Authorization": f"Bearer {tokens.config}"},
                )
            )
            missing += [one for one in differences(wanted, export["manifest"]) if one not in missing]
            facts.append(f"the settings of the app {tokens.app_id} were read")
        else:
            unseen.append(
                f"events, tabs, the command and the shortcut: set {CONFIG} (and {APP}, which names the app) to have "
                "them read, or compare them with `faqbot slack manifest`"
            )
    except (Busy, Unreached) as error:
        raise ChannelError(f"Slack cannot be reached: {error}") from error
    except Refused as error:
        raise ChannelError(f"Slack refuses to tell ({error}): are the tokens of this app, and not revoked?") from error
    return Inspected(tuple(facts), tuple(missing), tuple(unseen))


def _connection(client: WebClient, tokens: Tokens) -> Iterator[str]:
    """Why Slack would open no connection for Socket Mode."""
    if not tokens.app:
        return
    try:
        called(lambda: client.apps_connections_open(app_token=tokens.app))
    except Refused as error:
        yield MEANT.get(error.error, f"Slack opens no connection ({error}): turn on Socket Mode in the app's settings")
