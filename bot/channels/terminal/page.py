"""What a terminal shows of a reply, as Markdown: in the words of the base, numbered where there is a choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.decision import Alarmed, Answered, Part
from bot.explanation import Considered, Explained, Explanation
from bot.knowledge import KnowledgeBase, Source
from bot.matching import CONCEPT, ENTITY
from bot.reply import Reply, Voice

WORDS = 4  # words and pairs that speak loudest for a candidate, or between the first two
PAIRS = 5  # pairs of words that an explanation shows; the others add next to nothing
SMALL = 0.01  # below it two digits would show nothing
EDGE = "·"  # how evidence names the start and the end of a message
ANSWERED_KINDS = frozenset({"answer", "safety"})


def whole(reply: Reply, voice: Voice) -> str:
    """The reply with every source, and what can be asked next."""
    return _blocks(reply.text, numbers(reply), sources(reply, voice), choices(reply, voice))


def brief(reply: Reply, voice: Voice) -> str:
    """The reply in short, with the documents it rests on in one line, and what can be asked next."""
    pieces = [piece for part in reply.parts for piece in _short(part)]
    longer = any(isinstance(part, Answered) and part.short != part.text for part in reply.parts)
    hint = f"*{voice.say('more_line')}*" if longer and voice.say("more_line") else ""
    said = _blocks(*pieces, reply.closing)
    return _blocks(said, numbers(reply), documents(reply, voice), hint, choices(reply, voice))


def at_length(reply: Reply, voice: Voice) -> str:
    """The same with the whole text."""
    return _blocks(reply.text, numbers(reply), documents(reply, voice), choices(reply, voice))


def kept(reply: Reply, voice: Voice, *, full: bool) -> str:
    """What was shown of a reply, in short or whole, with every source: for a transcript."""
    pieces = (reply.text,) if full else (*(piece for part in reply.parts for piece in _short(part)), reply.closing)
    return _blocks(*pieces, numbers(reply), sources(reply, voice), choices(reply, voice))


def _short(part: Part) -> tuple[str, ...]:
    return (part.short, part.closing) if isinstance(part, Answered) else (part.text,)


def numbers(reply: Reply) -> str:
    """Whom to call, as a list, less those whom the text names already."""
    left = (resource for resource in reply.resources if resource.number not in reply.text)
    return "\n".join(f"- {resource.label}: {resource.number}" for resource in left)


def choices(reply: Reply, voice: Voice) -> str:
    """The choices with their numbers; what introduces them stands in the text unless they are follow-ups."""
    lines = [f"{number}. {choice.title}" for number, choice in enumerate(reply.choices, 1)]
    introduced = voice.say("follow_ups_line") if lines and reply.kind in ANSWERED_KINDS else ""
    return _blocks(introduced, "\n".join(lines))


def sources(reply: Reply, voice: Voice) -> str:
    """The documents and sections that the answers rest on, as a list; empty where there are none."""
    lines = [
        f"- {voice.say('source_line', document=document, sections='; '.join(sections)) or document}"
        for document, sections in _sections(reply)
    ]
    return _blocks(voice.say("sources_line") if lines else "", "\n".join(lines))


def documents(reply: Reply, voice: Voice) -> str:
    """The documents that the answers rest on, in one line; empty where there are none."""
    named = [document for document, _ in _sections(reply)]
    return f"*{' '.join((voice.say('sources_line'), '; '.join(named))).strip()}*" if named else ""


def topics(kb: KnowledgeBase) -> str:
    """Every topic with its questions, numbered through all topics."""
    number = 0
    blocks = []
    for topic in kb.topics.values():
        lines = []
        for intent in kb.of_topic(topic.id):
            number += 1
            lines.append(f"{number}. {intent.title}")
        blocks.append(_blocks(f"**{topic.title}**", "\n".join(lines)))
    return _blocks(*blocks)


def explanation(explained: Explanation, reply: Reply, kb: KnowledgeBase, voice: Voice) -> str:
    """Why the reply is what it is, word by word: how the words were read, what came close, what the limits are."""
    if reply.kind == "safety":
        alarms = [part for part in reply.parts if isinstance(part, Alarmed)]
        raised = ", ".join(rule for part in alarms for rule in part.rules)
        heard = ", ".join(f"“{word}”" for part in alarms for word in part.words)
        category = next((part.category for part in alarms), "").replace("_", " ")
        key = "why_safety" if raised else "why_safety_before"
        return voice.say(key, rules=f"{raised} ({heard})" if heard else raised, category=category)
    limits = explained.limits
    several = len(explained.questions) > 1
    return _blocks(
        *(_question(one, kb, voice, named=several) for one in explained.questions),
        _blocks(
            voice.say("why_limits", answer=_figure(limits.answer), ask=_figure(limits.ask), lead=_figure(limits.lead)),
            voice.say("why_beside", beside=_figure(limits.beside)) or f"beside: {_figure(limits.beside)}",
        ),
        voice.say("why_several" if several else f"why_{reply.kind}"),
    )


def _question(one: Explained, kb: KnowledgeBase, voice: Voice, *, named: bool) -> str:
    """How one question was read, and what came close."""
    return _blocks(
        f"**{one.typed}**" if named else "",
        voice.say("why_read_as", question=one.read_as) if one.read_as else "",
        voice.say("why_words"),
        _table(voice.say("why_words_columns"), _word_rows(one, voice)),
        _pairs(one, voice),
        voice.say("why_uncovered", names=", ".join(one.uncovered)) if one.uncovered else "",
        voice.say("why_candidates" if one.candidates else "why_no_candidates"),
        "\n".join(_candidate_lines(one.shown, kb, voice)),
        _difference(one, voice),
    )


def _sections(reply: Reply) -> list[tuple[str, list[str]]]:
    """The documents of all answers in order, each with its sections."""
    found: dict[str, list[str]] = {}
    for part in reply.parts:
        given: Sequence[Source] = part.sources if isinstance(part, Answered) else ()
        for source in given:
            sections = found.setdefault(source.document, [])
            if source.section not in sections:
                sections.append(source.section)
    return list(found.items())


def _word_rows(explained: Explained, voice: Voice) -> Iterator[tuple[str, ...]]:
    adds = _contributions(explained)
    for token in explained.reading.tokens:
        read_as = token.word if token.word != token.typed else ""
        stands_for = _spoken(token.key) if token.known else voice.say("why_unknown")
        yield token.typed, read_as, stands_for, _figure(adds[token.key]) if token.key in adds else ""


def _pairs(explained: Explained, voice: Voice) -> str:
    words = {token.key for token in explained.reading.tokens}
    left = [(name, amount) for name, amount in _contributions(explained).items() if name not in words][:PAIRS]
    shown = ", ".join(f"{_spoken(name)} {_figure(amount)}" for name, amount in left)
    return voice.say("why_pairs", pairs=shown.replace(EDGE, voice.say("why_edge"))) if shown else ""


def _contributions(explained: Explained) -> dict[str, float]:
    """What each word and pair adds to the nearest intent, largest first."""
    nearest = explained.shown[:1]
    return {found.feature: found.amount for one in nearest for found in one.contributions}


def _candidate_lines(candidates: Iterable[Considered], kb: KnowledgeBase, voice: Voice) -> Iterator[str]:
    for number, one in enumerate(candidates, 1):
        match, weighed = one.weighed.match, one.weighed
        shown = {"sure": _figure(weighed.confidence), "ahead": _figure(weighed.lead), "phrasing": match.phrasing}
        yield f"{number}. {kb.title(match.intent)} ({match.intent}){voice.say('why_candidate', **shown)}"
        yield f"   - {_amounts({c.feature: c.amount for c in one.contributions}, voice)}"
        for finding in weighed.findings:
            names = ", ".join(finding.names)
            reason = voice.say(f"gate_{finding.gate}", names=names) or f"{finding.gate}: {names}"
            key = "why_ruled_out" if finding.refuses else "why_in_doubt"
            yield f"   - {voice.say(key, reason=reason) or reason}"


def _difference(explained: Explained, voice: Voice) -> str:
    """Which words tell the first candidate from the second."""
    words = _amounts(explained.difference, voice, sign="+") if explained.difference else ""
    return (voice.say("why_difference", words=words) or f"1 – 2: {words}") if words else ""


def _amounts(amounts: Mapping[str, float], voice: Voice, sign: str = "") -> str:
    """The first few words and pairs with what they add."""
    edge = voice.say("why_edge")
    shown = list(amounts.items())[:WORDS]
    return ", ".join(f"{_spoken(name).replace(EDGE, edge)} {amount:{sign}.2f}" for name, amount in shown)


def _spoken(feature: str) -> str:
    """A key, or a pair of them, as it is read aloud.

    >>> _spoken("@blood_pressure"), _spoken("@ketamine opioid"), _spoken("is+@ketamine")
    ('blood pressure', 'ketamine + opioid', 'is + ketamine')
    """
    keys = feature.replace("+", " ").split(" ")
    return " + ".join(key.lstrip(ENTITY + CONCEPT).replace("_", " ") for key in keys)


def _figure(value: float) -> str:
    """A figure with two digits, or as many as tell it from nothing.

    >>> _figure(1.239), _figure(0.001), _figure(0.0)
    ('1.24', '0.001', '0')
    """
    return f"{value:.2f}" if abs(value) >= SMALL else f"{value:.4f}".rstrip("0").rstrip(".")


def _table(columns: str, rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table, its columns aligned for those who read it as text; empty without rows.

    `columns`: the titles as a line of bot.yaml has them, with bars between.
    """
    cells = [[cell.replace("|", "/") for cell in row] for row in rows]
    if not cells:
        return ""
    titles = [title.strip() for title in columns.split("|")]
    titles = (titles + [""] * len(cells[0]))[: len(cells[0])]
    widths = [max(3, *(len(row[at]) for row in (titles, *cells))) for at in range(len(titles))]
    lines = [titles, ["-" * width for width in widths], *cells]
    padded = ([cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)


def _blocks(*blocks: str) -> str:
    return "\n\n".join(block for block in blocks if block)
