"""Derive limits of your own: how sure the bot must be to answer.

Asks every phrasing of a bot that has to do without it, and near misses made of the phrasings, and finds the limits
that answer most of them rightly while at most the budget of its answers is wrong. Writes intents/limits.yaml, with the
evidence, and warns where that is too little to show that the budget is kept: n is how many were answered, bound the
upper end of the exact 95 % interval of the wrong ones among them. Delete the file to go back to the limits that ship.
Takes minutes.

examples:
  faqbot calibrate
  faqbot calibrate --content my_shop/ --budget 0.02

exit codes: 0 written, 2 it could not be done; nothing is written then
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError

from bot.calibrate import BUDGET, derived, tally, tasks, trials
from bot.check import load
from bot.cli import CLEAN, Call, warn, watched
from bot.interval import binomial_interval
from bot.knowledge import shipped
from bot.knowledge.limits import LIMITS, Calibration, Limits, written


def register(parser: ArgumentParser) -> None:
    """Take the budget."""
    text = f"the share of all answers that may be wrong, above 0 and up to 0.5; default {BUDGET:g}"
    parser.add_argument("--budget", type=_share, default=BUDGET, metavar="SHARE", help=text)


def run(call: Call) -> int:
    """Derive the limits, print what they come to beside those that ship, and write them."""
    root = call.settings.content or shipped()
    kb = load(root)
    asked = [one for found in watched(trials(kb), len(tasks(kb)), "Asking") for one in found]
    calibration = derived([asked], kb, call.args.budget)
    for name, limits in (("limits that ship", Limits()), ("limits derived", calibration.limits)):
        n, answered, right, wrong = tally(asked, limits)
        low, high = binomial_interval(wrong, answered)
        call.say(
            f"{name}: answer {limits.answer:g}, lead {limits.lead:g}: of {n} questions {answered} answered, "
            f"{right} rightly, {wrong} wrongly ({wrong / max(1, answered):.2%} of the answers, "
            f"95 % [{low:.2%}, {high:.2%}])"
        )
    if calibration.bound > call.args.budget:
        warn([unproven(calibration)])
    path = root / "intents" / LIMITS
    beside = path.with_suffix(".new")
    beside.write_text(written(calibration), encoding="utf-8")
    beside.replace(path)
    call.say(f"written to {path}")
    return CLEAN


def unproven(found: Calibration) -> str:
    """The warning that so few answers do not show that the budget is kept."""
    return (
        f"the budget of {found.budget:g} is kept by what was counted ({found.wrong} of {found.n} answers wrong), and "
        f"not shown to be: the true share may be {found.bound:.4f}; write more phrasings, and run "
        "`faqbot calibrate` again"
    )


def _share(typed: str) -> float:
    try:
        share = float(typed)
    except ValueError:
        share = 0.0
    if not 0 < share <= 0.5:
        raise ArgumentTypeError(f"{typed!r} is no share above 0 and up to 0.5, such as {BUDGET:g}")
    return share
