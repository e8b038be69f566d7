"""Replies as Slack shows them: messages of Block Kit, within its limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.slack.mrkdwn import Piece, escaped, pieces, shortened, size
from bot.decision import Alarmed, Answered, Asked, Declined, Part
from bot.knowledge import SMALLTALK, KnowledgeBase
from bot.knowledge.values import NONE_OF_THESE
from bot.reply import Choice, Reply, Voice

Block = dict[str, Any]

# What Slack takes: docs.slack.dev, and the models of slack_sdk.
SECTION, CONTEXT, BUTTON, OPTION, PLACEHOLDER = 3000, 2000, 75, 75, 150
MOST_BUTTONS = 5  # choices that are shown as buttons; more become a menu
MOST_OPTIONS = 25  # of a menu; Slack would take 100, in more characters than a message may have
LONGEST_VALUE = 150  # of an option; ids are shorter
ROOM = 6000  # for the text of a message, shown and read, as JSON; 12,000 are kept for everything together
TEXT = 3900  # of what is read of a message; Slack cuts far beyond, but more than 4,000 reads badly
ASK, PICK, MORE, HANDOFF, FEEDBACK, REASON, TOPIC = (
    "faq_ask", "faq_pick", "faq_more", "faq_handoff", "faq_feedback", "faq_reason", "faq_topic",
)  # fmt: skip
OFFERED, PICKED = "ask", "pick"  # blocks of buttons; one of the latter is taken away by a click
REASONS = ("wrong", "unclear", "other")  # why an answer did not help: lines of bot.yaml
UP, DOWN = "up", "down"
MOST_PARTED = 15  # rules and tables in a message, each a block that parts two others: Slack takes 50 blocks
VERBATIM = {"verbatim": True}  # names and the like are not turned into links


@dataclass(frozen=True, slots=True)
class Message:
    """A message for Slack: its blocks, and the same as text for notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...] = ()

    def values(self) -> dict[str, Any]:
        """The arguments of a call that posts it; links are not unfolded."""
        shown = {"blocks": list(self.blocks)} if self.blocks else {}
        return {"text": self.text, **shown, "unfurl_links": False, "unfurl_media": False}


@dataclass(frozen=True, slots=True)
class Look:
    """How a reply is shown where it goes."""

    full: bool = False  # the whole answer, not the short one
    hand_over: bool = True  # a button to talk to a person
    feedback: bool = True  # thumbs, where the reply is an answer
    closing: bool = True  # the line of numbers; where others read along, it goes to the writer alone
    tables: bool = True  # as tables, which messages alone can show; else row by row
    asked: str = ""  # the title of what was clicked
    notes: tuple[str, ...] = ()  # lines below, Markdown


def messages(reply: Reply, turn: str, kb: KnowledgeBase, look: Look) -> tuple[Message, ...]:
    """A reply as one message, or as several where it is long; what can be clicked stands in the last.

    `turn` is the id that a click names. Every message keeps the limits of Slack, and has a full text.
    """
    voice = Voice(kb)
    found = [piece for text in _texts(reply, voice, look) for piece in pieces(text)]
    if not look.tables:
        found = [Piece(piece.read, piece.read) if piece.kind == "table" else piece for piece in found]
    documents = _documents(reply)
    lines = [f"{voice.say('sources_line')} {'; '.join(documents)}"] if documents else []
    tail = [*_context([*lines, *look.notes]), *_actions(reply, turn, kb, voice, look)]
    read = "\n\n".join((*lines, *_choices_read(reply, voice)))
    parts = list(_filled(found))
    return tuple(_message(part, tail, read) if part is parts[-1] else _message(part) for part in parts)


def said(*markdown: str) -> Message:
    """Lines of the bot's own as a message."""
    return next(_message(part) for part in _filled([piece for text in markdown for piece in pieces(text)]))


def _texts(reply: Reply, voice: Voice, look: Look) -> Iterator[str]:
    """The Markdown of a reply, paragraph by paragraph."""
    if look.asked:
        yield f"*{_plainly(voice.say('slack_you_asked', title=look.asked))}*"
    for part in reply.parts:
        yield _text(part, look)
        if isinstance(part, Answered) and part.closing:
            yield part.closing
    if look.closing:
        yield reply.closing
        yield numbers(reply)


def _plainly(text: str) -> str:
    """A text in which no sign is Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>()#+-.!|~&" else sign for sign in text)


def _text(part: Part, look: Look) -> str:
    match part:
        case Answered():
            return part.text if look.full else part.short
        case Asked() | Declined() | Alarmed():
            return part.text


def numbers(reply: Reply) -> str:
    """Whom to call, as a list, less those whom the text names already."""
    left = (one for one in reply.resources if one.number and one.number not in reply.text)
    return "\n".join(f"- {one.label}: {one.number}" for one in left)


def _documents(reply: Reply) -> list[str]:
    """The documents that the answers rest on."""
    answers = (part for part in reply.parts if isinstance(part, Answered))
    return list(dict.fromkeys(source.document for part in answers for source in part.sources))


def _filled(found: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces in portions, each of which a message has room for; one at least."""
    portion: list[Piece] = []
    room, parted = ROOM, 0
    for piece in found:
        length = size(piece.shown) + size(piece.read) + 8
        if portion and (length > room or parted == MOST_PARTED):
            yield portion
            portion, room, parted = [], ROOM, 0
        portion.append(piece)
        room -= length
        parted += piece.kind != "prose"
    yield portion


def _message(portion: Sequence[Piece], tail: Sequence[Block] = (), read: str = "") -> Message:
    """A message of pieces; `tail` stands below them, and `read` is what is read of that."""
    text = ""
    for piece in portion:
        text += ("\n" if piece.close else "\n\n") + piece.read if piece.read else ""
    text = text.strip()
    rest = shortened(escaped(read), max(TEXT - size(text), 1)) if read else ""
    return Message("\n\n".join(filter(None, (text, rest))) or "…", (*_sections(portion), *tail))


def _sections(portion: Sequence[Piece]) -> Iterator[Block]:
    """The blocks of pieces: as few sections as hold them, a paragraph never parted."""
    text = ""
    for piece in portion:
        joined = f"{text}{chr(10) if piece.close else chr(10) * 2}{piece.shown}" if text else piece.shown
        if piece.kind == "prose" and size(joined) <= SECTION - 100:
            text = joined
            continue
        if text:
            yield section(text)
        text = piece.shown if piece.kind == "prose" else ""
        if piece.kind == "table":
            yield {"type": "markdown", "text": piece.shown}
        elif piece.kind == "rule":
            yield {"type": "divider"}
    if text:
        yield section(text)


def section(mrkdwn: str, **more: Any) -> Block:
    """A section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn, **VERBATIM}, **more}


def _context(lines: Iterable[str]) -> Iterator[Block]:
    elements = [
        {"type": "mrkdwn", "text": escaped(shortened(line, CONTEXT // 2)), **VERBATIM} for line in lines if line
    ]
    if elements:
        yield {"type": "context", "elements": elements[:10]}


def _actions(reply: Reply, turn: str, kb: KnowledgeBase, voice: Voice, look: Look) -> Iterator[Block]:
    """What can be clicked: choices, the whole answer, a person; then what it was worth."""
    elements = list(_choices(reply.choices, voice)) if reply.kind != "safety" else []
    cut = [part.intent for part in reply.parts if isinstance(part, Answered) and part.short != part.text]
    if cut and not look.full:
        elements.append(button(f"{MORE}:0", voice.say("slack_more"), " ".join((turn, *cut))))
    if look.hand_over:
        elements.append(button(f"{HANDOFF}:0", voice.say("slack_person"), turn))
    if elements:
        block = PICKED if reply.kind == "clarify" else OFFERED
        yield {"type": "actions", "block_id": f"{block}:{turn}", "elements": elements}
    if look.feedback and _is_rated(reply, kb):
        yield _thumbs(turn, voice)


def _is_rated(reply: Reply, kb: KnowledgeBase) -> bool:
    """Whether a reply may be judged: it answers a question, and nothing in it is about danger."""
    answered = [part.intent for part in reply.parts if isinstance(part, Answered)]
    factual = any(kb.intents[intent].topic != SMALLTALK for intent in answered)
    return factual and reply.kind == "answer" and not reply.resources and not reply.context.flag


def _choices(choices: Sequence[Choice], voice: Voice) -> Iterator[Block]:
    shown = [one for one in choices if len(one.intent) <= LONGEST_VALUE]
    if len(shown) <= MOST_BUTTONS:
        for number, choice in enumerate(shown):
            yield button(f"{ASK}:{number}", choice.title, choice.intent)
        return
    last = [one for one in shown if one.intent == NONE_OF_THESE]
    others = [one for one in shown if one.intent != NONE_OF_THESE][: MOST_OPTIONS - len(last)]
    yield {
        "type": "static_select", "action_id": f"{PICK}:0",
        "placeholder": plain(voice.say("slack_pick"), PLACEHOLDER),
        "options": [{"text": plain(one.title, OPTION), "value": one.intent} for one in (*others, *last)],
    }  # fmt: skip


def _choices_read(reply: Reply, voice: Voice) -> Iterator[str]:
    """The choices with the numbers by which they can be picked in words, for whoever sees no buttons."""
    if reply.choices and reply.kind != "safety":
        introduced = [voice.say("follow_ups_line")] if reply.kind == "answer" else []
        yield "\n".join([*introduced, *(f"{number}. {one.title}" for number, one in enumerate(reply.choices, 1))])


def _thumbs(turn: str, voice: Voice) -> Block:
    def thumb(way: str) -> Block:
        return {
            "text": plain(voice.say(f"slack_{way}"), BUTTON),
            "accessibility_label": shortened(voice.say(f"slack_{way}_label"), BUTTON),
            "value": f"{way}:{turn}",
        }

    buttons = {"positive_button": thumb(UP), "negative_button": thumb(DOWN)}
    element = {"type": "feedback_buttons", "action_id": FEEDBACK, **buttons}
    return {"type": "context_actions", "block_id": f"fb:{turn}", "elements": [element]}


def reasons(turn: str, voice: Voice, *, hand_over: bool) -> Message:
    """What is asked of somebody whom an answer did not help."""
    elements = [button(f"{REASON}:{one}", voice.say(f"slack_reason_{one}"), f"{one}:{turn}") for one in REASONS]
    if hand_over:
        elements.append(button(f"{HANDOFF}:0", voice.say("slack_person"), turn))
    asked = said(voice.say("slack_why"))
    return Message(asked.text, (*asked.blocks, {"type": "actions", "block_id": f"why:{turn}", "elements": elements}))


def without_choices(message: Mapping[str, Any], line: str) -> Message:
    """A message of ours with a line in the place of what was clicked, so that nobody clicks it again."""
    kept = [block for block in message.get("blocks", ()) if block.get("type") not in ("actions", "context_actions")]
    return Message(str(message.get("text") or line), (*kept, *_context([line])))


def button(action: str, label: str, value: str, **more: Any) -> Block:
    """A button that names what it does in its action id, and what about in its value."""
    return {"type": "button", "action_id": action, "text": plain(label, BUTTON), "value": value, **more}


def plain(text: str, most: int) -> Block:
    """A text without markup, cut to what Slack takes; never empty."""
    return {"type": "plain_text", "text": shortened(text, most) or "…", "emoji": False}
