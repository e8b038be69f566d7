"""The report as one HTML page: tables and inline SVG charts, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from html import escape
from itertools import accumulate
from textwrap import shorten

from bot.stats import SHOWN, Line, Report, percent

LABELS = {"answer": "answered", "clarify": "asked back", "decline": "declined", "safety": "safety"}
WIDTH, HEIGHT = 720, 160  # of the chart of days, in units of its own
BAR, GAP, NAMES = 18, 6, 240  # of the chart of topics: height of a bar, space between two, width of the names
FEWEST_SLOTS = 7  # of the chart of days: two days do not make two walls
MOST_TOPICS, LONGEST_NAME = 15, 38  # topics, and characters of a name, that there is room for
OF_TOPICS = SHOWN[:3]  # safety has no topic

STYLE = """
:root { color-scheme: light dark; --answer: #2a7a4b; --clarify: #b98300; --decline: #b3402a; --safety: #5a4fb0; }
@media (prefers-color-scheme: dark) {
  :root { --answer: #5fbf86; --clarify: #e0b040; --decline: #e88a75; --safety: #a59cf0; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: bold; padding: .5rem 0; }
th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid #8884; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
.wide { overflow-x: auto; }
svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
.answer { fill: var(--answer); } .clarify { fill: var(--clarify); }
.decline { fill: var(--decline); } .safety { fill: var(--safety); }
.key span { margin-right: 1rem; } .key i { display: inline-block; width: .8rem; height: .8rem; margin-right: .3rem; }
""" + "".join(f"i.{kind} {{ background: var(--{kind}); }}\n" for kind in SHOWN)


def page(report: Report) -> str:
    """The report as a whole HTML document."""
    since = f"from {report.since:%Y-%m-%d %H:%M} " if report.since else ""
    span = f"{since}to {report.until:%Y-%m-%d %H:%M} UTC"
    kinds = [(LABELS[kind], str(report.kinds[kind]), percent(report.share(kind))) for kind in SHOWN]
    latency = [(f"{name} ms", f"{value:.1f}") for name, value in report.latency._asdict().items()]
    figures = [
        ("turns", str(report.turns)), ("questions", str(report.questions)), ("resolved", str(report.resolved)),
        ("of these, still within seven days", str(report.open)), ("helpful", str(report.helpful)),
        ("not helpful", str(report.unhelpful)), *latency,
    ]  # fmt: skip
    body = [
        f"<h1>What was asked</h1><p>{escape(span)}</p>",
        _table("Questions", ("", "number", "share"), kinds),
        f"<h2>By day</h2>{_key(SHOWN)}{_days(report)}",
        f"<h2>By topic</h2>{_key(OF_TOPICS)}{_topics(report.topics[:MOST_TOPICS])}",
        _table("Figures", ("", ""), figures),
        _table("Topics", LINE_COLUMNS, map(line_cells, report.topics)),
        _table("Intents", LINE_COLUMNS, map(line_cells, report.intents)),
        *(_counts(title, counts) for title, counts in counted(report) if counts),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>faqbot stats</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


LINE_COLUMNS = ("", "answered", "asked back", "declined", "helpful", "not helpful", "resolved")


def line_cells(line: Line) -> tuple[str, ...]:
    """A line of topics or intents as the cells of a table, in the order of LINE_COLUMNS."""
    resolved = f"{line.resolved} of {line.followed}" if line.followed else ""
    counts = (line.answered, line.clarified, line.declined, line.helpful, line.unhelpful)
    return (line.title, *map(str, counts), resolved)


def counted(report: Report) -> list[tuple[str, Mapping[str, int]]]:
    """What is counted by name only, under its title."""
    return [
        ("Safety, by category", report.safety), ("Hand-overs, by reason", report.handovers),
        ("Hand-overs, by result", report.results), ("Suggestions to agents", report.suggestions),
        ("Channels", report.channels), ("Content", report.contents),
    ]  # fmt: skip


def _counts(title: str, counts: Mapping[str, int]) -> str:
    return _table(title, ("", "number"), [(name, str(number)) for name, number in counts.items()])


def _table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    lines = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<div class="wide"><table><caption>{escape(caption)}</caption><tr>{head}</tr>{body}</table></div>'


def _key(kinds: Iterable[str]) -> str:
    return f'<p class="key">{"".join(f"<span><i class={kind}></i>{LABELS[kind]}</span>" for kind in kinds)}</p>'


def _days(report: Report) -> str:
    """A bar a day, of its questions by kind of reply."""
    highest = max((sum(kinds.values()) for kinds in report.days.values()), default=0) or 1
    first, last = min(report.days, default=report.until.date()), max(report.days, default=report.until.date())
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    slot = WIDTH / max(FEWEST_SLOTS, len(days))
    drawn = []
    for at, day in enumerate(days):
        kinds = report.days.get(day, {})
        sizes = [kinds.get(kind, 0) * HEIGHT / highest for kind in SHOWN]
        said = ", ".join(f"{kinds[kind]} {LABELS[kind]}" for kind in SHOWN if kinds.get(kind))
        bars = "".join(
            _bar(kind, at * slot, HEIGHT - end, 0.8 * slot, size)
            for kind, size, end in zip(SHOWN, sizes, accumulate(sizes), strict=True)
        )
        drawn.append(f"<g><title>{day}: {said}</title>{bars}</g>")
    ends = [(first, 0.0, "start"), (last, (len(days) - 0.2) * slot, "end")][: len(days)]
    dates = "".join(
        f'<text x="{x:.1f}" y="{HEIGHT + 16}" text-anchor="{anchor}">{day}</text>' for day, x, anchor in ends
    )
    label = f"Questions by day, at most {highest} a day"
    return f'<svg role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT + 20}">{"".join(drawn)}{dates}</svg>'


def _bar(kind: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _topics(lines: Sequence[Line]) -> str:
    """A bar a topic, of its questions by kind of reply."""
    longest = max((line.questions for line in lines), default=0) or 1
    room = WIDTH - NAMES - 50  # for the number behind the bar
    drawn = []
    for at, line in enumerate(lines):
        y = at * (BAR + GAP)
        sizes = [count * room / longest for count in (line.answered, line.clarified, line.declined)]
        bars = "".join(
            _bar(kind, NAMES + end - size, y, size, BAR)
            for kind, size, end in zip(OF_TOPICS, sizes, accumulate(sizes), strict=True)
        )
        name = (
            f'<text x="{NAMES - 8}" y="{y + 14}" text-anchor="end">{escape(shorten(line.title, LONGEST_NAME))}</text>'
        )
        number = f'<text x="{NAMES + sum(sizes) + 6:.1f}" y="{y + 14}">{line.questions}</text>'
        drawn.append(f"<g>{name}{bars}{number}</g>")
    height = max(1, len(lines)) * (BAR + GAP)
    return f'<svg role="img" aria-label="Questions by topic" viewBox="0 0 {WIDTH} {height}">{"".join(drawn)}</svg>'
