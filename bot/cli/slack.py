"""Answer in a Slack workspace: in channels, direct messages, by command and by shortcut.

`faqbot slack manifest` prints the app to create at api.slack.com/apps, `faqbot slack check` says what it lacks, and
`faqbot slack` runs it by Socket Mode, which needs no address of its own. The environment holds SLACK_BOT_TOKEN and
SLACK_APP_TOKEN, or with --http SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET. One process serves one workspace. SIGHUP reads
the content anew and keeps the old one when the new one is wrong; SIGTERM ends when what waits is sent and written.

examples:
  faqbot slack manifest > manifest.json
  faqbot slack check
  faqbot slack --region UK
  faqbot slack --http 3000
  faqbot slack manifest --url https://faq.example.org --slack-command /ask
"""

from __future__ import annotations

import json
import secrets
from argparse import ArgumentParser, ArgumentTypeError

from bot.cli import CLEAN, FINDINGS, UNREAD, Call, handovers_of, keep_journal, warn
from bot.engine import Bot
from bot.errors import ChannelError
from bot.settings import HANDOVER_SETTINGS, LOG_SETTINGS, SERVICE_SETTINGS, SLACK_SETTINGS, add_flags, whole

RUN, MANIFEST, CHECK = "run", "manifest", "check"
HOST = tuple(setting for setting in SERVICE_SETTINGS if setting.name == "host")
NEEDED = "faqbot slack needs its extra: pip install 'faqbot[slack]'"
UNSALTED = (
    "FAQBOT_SECRET is not set: people are told apart anew, and flags of danger forgotten, when this process ends. "
    "Set it to 32 random characters or more"
)


def register(parser: ArgumentParser) -> None:
    """Take what to do, and how Slack reaches the bot."""
    parser.add_argument(
        "what", nargs="?", choices=(RUN, MANIFEST, CHECK), default=RUN, help="what to do; run if left out"
    )
    parser.add_argument(
        "--http", metavar="PORT", type=_port, help="listen on PORT, behind a proxy, instead of Socket Mode"
    )
    parser.add_argument(
        "--url", default="", help="for the manifest and the check: the address that Slack reaches over HTTP"
    )
    parser.add_argument("--no-log", action="store_true", help="write nothing down: no questions, no feedback, no flags")
    add_flags(parser, SLACK_SETTINGS, "Slack")
    add_flags(parser, HOST, "with --http")
    add_flags(parser, LOG_SETTINGS, "the log")
    add_flags(parser, HANDOVER_SETTINGS, "the help desk")


def run(call: Call) -> int:
    """Run the bot, or print what Slack has to know, or what it lacks."""
    try:
        import bot.channels.slack.serve  # noqa: F401 - whether the extra is there
    except ImportError as error:
        raise ChannelError(f"{NEEDED} ({error})") from error
    match call.args.what:
        case "manifest":
            return _manifest(call)
        case "check":
            return _check(call)
        case _:
            return _run(call)


def _port(text: str) -> int:
    """A port; raises ArgumentTypeError."""
    try:
        return whole(text, least=0, most=65_535)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} {error}") from None


def _load(call: Call) -> Bot:
    settings = call.settings
    return Bot.load(settings.content, region=settings.region, cache=settings.cache)


def _manifest(call: Call) -> int:
    from bot.channels.slack.manifest import manifest

    found = manifest(_load(call).kb, call.settings.slack_command, call.args.url)
    call.say(json.dumps(found, indent=2, ensure_ascii=False))
    return CLEAN


def _check(call: Call) -> int:
    from bot.channels.slack.inspection import inspect
    from bot.channels.slack.manifest import manifest
    from bot.channels.slack.serve import web_client
    from bot.channels.slack.tokens import Tokens

    tokens = Tokens.read(call.environment, http=bool(call.args.url))
    wanted = manifest(_load(call).kb, call.settings.slack_command, call.args.url)
    found = inspect(web_client(tokens.bot, call.settings.slack_api), tokens, wanted)
    for fact in found.facts:
        call.say(fact)
    for one in found.missing:
        call.say(f"missing: {one}")
    for one in found.unseen:
        call.say(f"not looked at: {one}")
    call.say(f"{len(found.missing)} missing" if found.missing else "Nothing is missing, as far as could be seen.")
    return FINDINGS if found.missing else CLEAN


def _run(call: Call) -> int:
    from bot.channels.slack.serve import serve, serve_http, web_client
    from bot.channels.slack.tokens import Tokens
    from bot.channels.slack.workspace import Options, Workspace
    from bot.record import Log

    settings, port = call.settings, call.args.http
    tokens = Tokens.read(call.environment, http=port is not None)
    keep_journal()
    options = Options(
        secret=settings.secret or secrets.token_hex(32), command=settings.slack_command, alert=settings.slack_alert,
        log_refusals=settings.log_refusals, keep_days=settings.keep_days,
    )  # fmt: skip
    client = web_client(tokens.bot, settings.slack_api)
    log = None if call.args.no_log else Log.open(settings.database_url)
    workspace = Workspace(lambda: _load(call), client, options, log=log, handovers=handovers_of(call))
    warn(workspace.bot.kb.warnings)
    warn([] if settings.secret else [UNSALTED])
    warn([UNREAD] if settings.desk == "outbox" else [])
    if port is None:
        serve(workspace, client, tokens, lambda name: call.say(f"faqbot answers in Slack as {name}"))
    else:
        serve_http(
            workspace, client, tokens, settings.host, port, lambda url: call.say(f"faqbot answers Slack at {url}")
        )
    return CLEAN
