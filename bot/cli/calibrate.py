"""Derive limits of your own: how sure the bot must be to answer.

Asks every phrasing of a bot that has to do without it, and near misses made of the phrasings, and finds the limits
that answer most of them rightly while at most the budget is answered wrongly. Writes intents/limits.yaml, with the
evidence; delete that file to go back to the limits that ship. Takes minutes.

examples:
  faqbot calibrate
  faqbot calibrate --content my_shop/ --budget 0.02

exit codes: 0 written, 2 it could not be done; nothing is written then
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError

from bot.calibrate import BUDGET, derived, tally, tasks, trials
from bot.check import load
from bot.cli import CLEAN, Call, watched
from bot.interval import binomial_interval
from bot.knowledge import shipped
from bot.knowledge.limits import LIMITS, Limits, written


def register(parser: ArgumentParser) -> None:
    """Take the budget."""
    text = f"the share of all questions that may be answered wrongly, above 0 and up to 0.5; default {BUDGET:g}"
    parser.add_argument("--budget", type=_share, default=BUDGET, metavar="SHARE", help=text)


def run(call: Call) -> int:
    """Derive the limits, print what they come to beside those that ship, and write them."""
    root = call.settings.content or shipped()
    kb = load(root)
    asked = [one for found in watched(trials(kb), len(tasks(kb)), "Asking") for one in found]
    calibration = derived([asked], kb, call.args.budget)
    for name, limits in (("limits that ship", Limits()), ("limits derived", calibration.limits)):
        n, right, wrong = tally(asked, limits)
        low, high = binomial_interval(wrong, n)
        call.say(
            f"{name}: answer {limits.answer:g}, lead {limits.lead:g}: of {n} questions {right} answered rightly, "
            f"{wrong} wrongly ({wrong / n:.2%}, 95 % [{low:.2%}, {high:.2%}])"
        )
    path = root / "intents" / LIMITS
    beside = path.with_suffix(".new")
    beside.write_text(written(calibration), encoding="utf-8")
    beside.replace(path)
    call.say(f"written to {path}")
    return CLEAN


def _share(typed: str) -> float:
    try:
        share = float(typed)
    except ValueError:
        share = 0.0
    if not 0 < share <= 0.5:
        raise ArgumentTypeError(f"{typed!r} is no share above 0 and up to 0.5, such as {BUDGET:g}")
    return share
