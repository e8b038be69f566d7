"""Answer over HTTP: an API, pages of all questions, and a widget for your own pages.

Open http://127.0.0.1:8000 to see the widget, and /docs for the API. SIGHUP reads the content anew and keeps the old one
when the new one is wrong; SIGTERM ends when every request in flight is answered and the log is written. One process is
one worker: for more, run more of them behind a proxy, with the same FAQBOT_SECRET.

examples:
  faqbot serve
  faqbot serve --port 8080 --content my_shop/ --region UK
  FAQBOT_ORIGINS=https://www.example.org FAQBOT_SECRET=... faqbot serve --database-url postgresql://faqbot@db/faqbot
  faqbot serve --no-log
"""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.cli import CLEAN, UNREAD, Call, alert_of, handovers_of, keep_journal, warn
from bot.engine import Bot
from bot.errors import ChannelError
from bot.settings import HANDOVER_SETTINGS, LOG_SETTINGS, SERVICE_SETTINGS, TRIAGE_SETTINGS, Settings, add_flags

if TYPE_CHECKING:
    from bot.channels.web.site import Site

NEEDED = "faqbot serve needs its extra: pip install 'faqbot[web]'"
UNSIGNED = (
    "FAQBOT_SECRET is not set: contexts end, and people are told apart anew, when this process ends. "
    "Set it to 32 random characters or more"
)
OPEN = "it listens on {host} without a key: anybody who reaches that address may ask"
HERE = ("127.0.0.1", "::1", "localhost")


def register(parser: ArgumentParser) -> None:
    """Take where to listen, and what to write down."""
    parser.add_argument("--no-log", action="store_true", help="write nothing down: no questions, no feedback")
    add_flags(parser, SERVICE_SETTINGS, "the service")
    add_flags(parser, LOG_SETTINGS, "the log")
    add_flags(parser, (*HANDOVER_SETTINGS, *TRIAGE_SETTINGS), "the help desk")


def run(call: Call) -> int:
    """Serve until a signal ends it."""
    settings = call.settings
    try:
        from bot.channels.web.serve import serve
        from bot.channels.web.site import Options, Site
    except ImportError as error:
        raise ChannelError(f"{NEEDED} ({error})") from error
    from bot.channels.web.keys import Keys
    from bot.channels.web.rate import Rate

    keep_journal()
    options = Options(
        secret=settings.secret or secrets.token_hex(32),
        keys=Keys.read(settings.keys, settings.keys_file),
        require_key=settings.require_key,
        rate=Rate(settings.rate, settings.rate_url),
        origins=settings.origins,
        log_refusals=settings.log_refusals,
        keep_days=settings.keep_days,
        handovers=handovers_of(call),
    )

    def load() -> Bot:
        return Bot.load(settings.content, region=settings.region, cache=settings.cache)

    site = Site(load, options)
    warn(site.content.kb.warnings)
    warn(_warnings(settings))
    if not call.args.no_log:
        from bot.record import Log

        site.log = Log.open(settings.database_url)
    with _desk_at_work(call, site):
        serve(site, settings.host, settings.port, settings.proxies, lambda url: call.say(f"faqbot answers at {url}"))
    return CLEAN


@contextmanager
def _desk_at_work(call: Call, site: Site) -> Iterator[None]:
    """Have the queue of the desk worked through meanwhile, where the desk tells of anything and there is a log."""
    from bot.desks import HelpDesk
    from bot.record.inbox import Inbox
    from bot.triage import Policy
    from bot.triage.work import Clerk, Workers

    options, settings = site.options, call.settings
    desk = options.handovers.desk if options.handovers else None
    if not isinstance(desk, HelpDesk) or site.log is None:
        yield
        return
    policy = Policy.of(settings.desk_answers, safety_replies=settings.safety_replies)
    with Inbox.open(settings.database_url) as inbox:
        site.inbox = inbox
        site.hooks[desk.name] = desk
        workers = Workers(Clerk(lambda: site.content.bot, desk, inbox, policy, options.secret, alert_of(call)))
        workers.start()
        try:
            yield
        finally:
            workers.stop()
            desk.close()


def _warnings(settings: Settings) -> list[str]:
    found = [] if settings.secret else [UNSIGNED]
    if settings.host not in HERE and not settings.require_key:
        found.append(OPEN.format(host=settings.host))
    if settings.desk == "outbox":
        found.append(UNREAD)
    return found
