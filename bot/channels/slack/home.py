"""The bot's page in Slack, and the lists that open from it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from bot.channels.slack.blocks import ASK, CONTEXT, HANDOFF, TOPIC, Block, Look, button, messages, plain, section
from bot.channels.slack.calls import PROMPTS
from bot.channels.slack.mrkdwn import escaped, shortened
from bot.knowledge import SMALLTALK, KnowledgeBase
from bot.reply import Reply, Voice

MOST_BLOCKS = 100  # of a view
BESIDE = 10  # blocks of a view that stand around its list
HEADER, TITLE = 150, 24  # characters
EXAMPLES = 3  # questions of a topic that the page shows
LIST_VIEW, ANSWER_VIEW = "faq_list", "faq_answer"


def home(kb: KnowledgeBase, command: str, *, hand_over: bool) -> Block:
    """The page: what can be asked, topic by topic, where to ask it, and what is written down."""
    voice = Voice(kb)
    topics = [topic for topic in kb.topics.values() if topic.id != SMALLTALK]
    listed = topics[: MOST_BLOCKS - BESIDE]
    rest = [_line(voice.say("slack_home_rest"))] if len(listed) < len(topics) else []
    person = [button(f"{HANDOFF}:0", voice.say("slack_person"), "home")] if hand_over else []
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain(voice.say("slack_home_title"), HEADER)},
            _line(voice.say("slack_home", command=command)),
            *([{"type": "actions", "block_id": "person", "elements": person}] if person else []),
            *(_topic(kb, topic.id, topic.title, voice) for topic in listed),
            *rest,
            {"type": "divider"},
            _small([voice.say("notice"), voice.say("slack_home_privacy"), voice.say("slack_home_content", kb=kb.hash)]),
        ],
    }  # fmt: skip


def questions(kb: KnowledgeBase, topic: str) -> Block | None:
    """The list of a topic's questions; None where there is no such topic."""
    known, voice = kb.topics.get(topic), Voice(kb)
    if known is None:
        return None
    every = kb.of_topic(topic)
    listed = every[: MOST_BLOCKS - BESIDE]
    lines = [
        section(escaped(one.title), accessory=button(f"{ASK}:{number}", voice.say("slack_topic_ask"), one.id))
        for number, one in enumerate(listed)
    ]
    rest = [_line(voice.say("slack_home_rest"))] if len(listed) < len(every) else []
    heading = {"type": "header", "text": plain(known.title, HEADER)}
    return _view(LIST_VIEW, voice, [heading, *lines, *rest])


def answered(reply: Reply, kb: KnowledgeBase, title: str) -> Block:
    """A view with a whole answer, its sources and its numbers."""
    look = Look(full=True, hand_over=False, feedback=False, tables=False)
    parts = messages(reply, "view", kb, look)
    blocks = [block for part in parts for block in part.blocks if block["type"] != "actions"]
    heading = {"type": "header", "text": plain(title, HEADER)}
    return _view(ANSWER_VIEW, Voice(kb), [heading, *islice(blocks, MOST_BLOCKS - 1)])


def prompts(kb: KnowledgeBase) -> Sequence[str]:
    """Questions to begin with: the first of each topic."""
    firsts = (next(iter(kb.of_topic(topic.id)), None) for topic in kb.topics.values() if topic.id != SMALLTALK)
    return [one.title for one in firsts if one][:PROMPTS]


def _topic(kb: KnowledgeBase, topic: str, title: str, voice: Voice) -> Block:
    asked = "\n".join(f"• {escaped(shortened(one.title, 200))}" for one in kb.of_topic(topic)[:EXAMPLES])
    every = button(f"{TOPIC}:0", voice.say("slack_home_topic"), topic)
    return section(f"*{escaped(shortened(title, 200))}*\n{asked}", accessory=every)


def _view(callback: str, voice: Voice, blocks: Sequence[Block]) -> Block:
    return {
        "type": "modal", "callback_id": callback, "title": plain(voice.say("slack_home_title"), TITLE),
        "close": plain(voice.say("slack_close"), TITLE), "blocks": list(blocks),
    }  # fmt: skip


def _line(text: str) -> Block:
    return section(escaped(shortened(text, CONTEXT)))


def _small(lines: Sequence[str]) -> Block:
    shown = [{"type": "mrkdwn", "text": escaped(shortened(line, CONTEXT // 2)), "verbatim": True} for line in lines]
    return {"type": "context", "elements": [one for one in shown if one["text"]]}
