from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from textwrap import indent

import pytest

from bot.check import load
from bot.decision import Alarmed, Answered, Asked, Declined, Part
from bot.dialogue import Context
from bot.knowledge import KnowledgeBase
from bot.knowledge.values import NONE_OF_THESE
from bot.matching import Match
from bot.reply import Choice, Reply, Resource, Voice
from bot.reply.voice import FOLLOW_UPS, NEAR_SHOWN
from tests.conftest import write

INTENTS = """\
hours: {title: When are you open?, phrasings: [opening hours]}
returns: {title: How do I return it?, phrasings: [send it back]}
delivery: {title: When does it come?, phrasings: [delivery time]}
payment: {title: How can I pay?, phrasings: [pay by card]}
"""
ANSWERS = """\
hours:
  short: Nine to five.
  text: We are open from **nine** to five.
  sources: [{document: A, section: Times}]
  follow_ups: [returns, delivery]
returns: {short: By post., text: "Post it, {name}."}
delivery: {short: Soon., text: Within days.}
payment: {short: By card., text: By any card.}
"""
PARTS: dict[str, Part] = {
    "answer": Answered("hours", "When?", "Nine.", "Nine to five.", 90.0),
    "decline": Declined(("tea",), ("hours",), "Nothing on tea."),
    "clarify": Asked(("hours", "returns"), "Which?"),
    "safety": Alarmed("overdose_emergency", ("rule",), "Call now."),
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    files = {
        "intents/topic.yaml": f"topic: topic\ntitle: A topic\nintents:\n{indent(INTENTS, '  ')}",
        "intents/alarms.yaml": "alarms: off\n",
        "answers/topic.yaml": f"topic: topic\nanswers:\n{indent(ANSWERS, '  ')}",
        "answers/documents.yaml": "documents:\n  A: {label: The sign on the door, sections: [Times]}\n",
    }
    return load(write(tmp_path_factory.mktemp("shop"), files))


@pytest.fixture(scope="module")
def voice(base: KnowledgeBase) -> Voice:
    return Voice(base)


def answered(voice: Voice, intent: str, context: Context | None = None) -> Reply:
    return voice.reply([voice.answer(Match(intent, 90.0, ""), context or Context())], context or Context())


def declined(voice: Voice, part: Declined, context: Context | None = None) -> Reply:
    return voice.reply([voice.decline(part, context or Context())], context or Context())


def reply_of(*kinds: str, closing: str = "", resources: tuple[Resource, ...] = ()) -> Reply:
    parts = tuple(PARTS[kind] for kind in kinds)
    return Reply(parts, (Choice("When?", "hours"),), Context(), "ab" * 8, resources=resources, closing=closing)


def test_an_answer_is_the_entry_with_its_title_score_and_sources_by_label(voice: Voice) -> None:
    part = voice.answer(Match("hours", 91.5, "opening hours"), Context())

    assert (part.title, part.short, part.score) == ("When are you open?", "Nine to five.", 91.5)
    assert part.text == "We are open from **nine** to five."
    assert [(source.document, source.section) for source in part.sources] == [("The sign on the door", "Times")]


def test_an_answer_offers_its_follow_ups_and_remembers_them(voice: Voice) -> None:
    reply = answered(voice, "hours", Context(region="UK"))

    assert reply.choices == (Choice("How do I return it?", "returns"), Choice("When does it come?", "delivery"))
    assert reply.context == Context(
        intents=("hours",), choices=("returns", "delivery"), told=("hours",), region="UK"
    )  # fmt: skip


def test_what_was_told_is_not_offered_again(voice: Voice) -> None:
    reply = answered(voice, "hours", Context(told=("returns",)))

    assert [choice.intent for choice in reply.choices] == ["delivery"]
    assert reply.context.told == ("returns", "hours")


def test_where_follow_ups_run_out_others_of_the_topic_are_offered_and_nothing_twice(voice: Voice) -> None:
    reply = answered(voice, "hours", Context(told=("returns", "delivery")))

    assert [choice.intent for choice in reply.choices] == ["payment"]


def test_several_answers_offer_their_follow_ups_in_turn(base: KnowledgeBase) -> None:
    entries = {**base.entries, "returns": base.entries["returns"]._replace(follow_ups=("payment", "delivery"))}
    voice = Voice(replace(base, entries=entries))
    reply = voice.reply([voice.answer(Match(one, 90.0, ""), Context()) for one in ("hours", "returns")], Context())

    assert [choice.intent for choice in reply.choices] == ["payment", "delivery"]
    assert reply.context.intents == ("hours", "returns")


def test_an_answer_on_a_class_opens_with_its_name(voice: Voice) -> None:
    part = voice.answer(Match("delivery", 90.0, ""), Context(), "parcels")

    assert part.text == "For parcels as a group: Within days."
    assert part.short == "For parcels as a group: Soon."


def test_an_entry_is_given_as_it_was_written(voice: Voice) -> None:
    assert answered(voice, "returns").text == "Post it, {name}."


def test_a_question_back_offers_titles_and_remembers_them(voice: Voice) -> None:
    reply = voice.reply([voice.ask(Asked(("payment", "hours")))], Context(intents=("returns",), told=("returns",)))

    assert reply.kind == "clarify"
    assert reply.text == voice.say("clarify") != ""
    assert [choice.title for choice in reply.choices] == ["How can I pay?", "When are you open?", "None of these"]
    assert reply.context == Context(choices=("payment", "hours", NONE_OF_THESE), told=("returns",))


def test_a_decline_says_what_there_is_and_how_to_reach_a_person(voice: Voice) -> None:
    reply = declined(voice, Declined())

    assert (reply.kind, reply.choices) == ("decline", ())
    first, *others = reply.text.split("\n\n")

    assert first == voice.say("decline") != ""
    assert sorted(others) == sorted([
        voice.say("person_line", contact=voice.say("contact")), "I can tell you about: A topic.",
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("names", "listed"),
    [(("tea",), "tea"), (("tea", "rum"), "tea or rum"), (("tea", "rum", "milk"), "tea, rum or milk")],
)
def test_a_decline_names_what_it_has_nothing_on(voice: Voice, names: tuple[str, ...], listed: str) -> None:
    assert declined(voice, Declined(about=names)).text.startswith(f"I have nothing on {listed}.")


def test_a_decline_offers_the_nearest_few(voice: Voice) -> None:
    reply = declined(voice, Declined(near=("hours", "returns", "delivery", "payment")), Context(choices=("payment",)))

    assert [choice.intent for choice in reply.choices] == ["hours", "returns", "delivery", "payment"][:NEAR_SHOWN]
    assert reply.context.choices == tuple(choice.intent for choice in reply.choices)
    assert reply.text.endswith(voice.say("near_line"))


@pytest.mark.parametrize("key", ["decline", "decline_empty", "decline_unreadable"])
def test_no_blank_is_left_open_in_a_decline(voice: Voice, key: str) -> None:
    text = voice.decline(Declined(), Context(), key).text

    assert "{" not in text


def test_what_is_put_into_a_line_is_plain_text(base: KnowledgeBase) -> None:
    voice = Voice(replace(base, voice={"line": "{name}, {other} and {open}"}))

    assert voice.say("line", name="{0.__class__}", other="%s") == "{0.__class__}, %s and {open}"
    assert voice.say("no such line", name="x") == ""


def test_a_base_without_words_of_its_own_says_nothing_but_its_entries(base: KnowledgeBase) -> None:
    voice = Voice(replace(base, voice={}))

    assert answered(voice, "delivery").text == "Within days."
    assert declined(voice, Declined(about=("tea",))).text == ""


def test_a_decline_is_never_given_twice_in_a_row_and_the_second_hands_over_with_the_person_first(voice: Voice) -> None:
    context, texts, handovers = Context(), [], []
    for _ in range(4):
        reply = declined(voice, Declined(about=("tea",)), context)
        context = reply.context
        texts.append(reply.text)
        handovers.append(reply.handover)

    assert all(one != other for one, other in pairwise(texts))
    assert handovers == [None, "declined", "declined", "declined"]
    assert texts[1].startswith(voice.say("person_first", contact=voice.say("contact")))


def test_an_answer_ends_a_row_of_declines(voice: Voice) -> None:
    reply = answered(voice, "hours", declined(voice, Declined()).context)

    assert declined(voice, Declined(), reply.context).handover is None


def test_follow_ups_are_few(base: KnowledgeBase) -> None:
    many = tuple(base.intents) * 3
    entries = {**base.entries, "hours": base.entries["hours"]._replace(follow_ups=many)}
    reply = answered(Voice(replace(base, entries=entries)), "hours")

    assert len(reply.choices) <= FOLLOW_UPS
    assert "hours" not in [choice.intent for choice in reply.choices]


@pytest.mark.parametrize(
    ("kinds", "kind"),
    [
        (["answer"], "answer"),
        (["answer", "decline"], "decline"),
        (["decline", "clarify", "answer"], "clarify"),
        (["answer", "clarify", "safety", "decline"], "safety"),
    ],
)
def test_a_reply_is_as_serious_as_its_most_serious_part(kinds: list[str], kind: str) -> None:
    assert reply_of(*kinds).kind == kind


def test_the_text_has_all_parts_in_order_and_the_closing_last() -> None:
    closed = replace(
        reply_of("safety", "answer"), parts=(PARTS["safety"], Answered("a", "A", "", "Yes.", 9.0, (), "Call."))
    )

    assert reply_of("safety", "answer", "decline", closing="Take care.").text == (
        "Call now.\n\nNine to five.\n\nNothing on tea.\n\nTake care."
    )
    assert closed.text == "Call now.\n\nYes.\n\nCall."


def test_only_an_alarm_makes_a_reply_urgent() -> None:
    refused = replace(reply_of("answer"), parts=(Alarmed("dosing", ("rule",), "Not here."),))

    assert reply_of("answer", "safety").urgent
    assert not refused.urgent
    assert not reply_of("answer", "clarify", "decline").urgent


def test_a_reply_as_json_has_every_part_with_its_kind() -> None:
    reply = reply_of("answer", "decline", "clarify", "safety", resources=(Resource("Ambulance", "2", "emergency"),))
    found = json.loads(json.dumps(reply.to_dict()))

    assert list(found) == [
        "kind", "text", "urgent", "parts", "choices", "resources", "handover", "kb", "context",
    ]  # fmt: skip
    assert [part["kind"] for part in found["parts"]] == ["answer", "decline", "clarify", "safety"]
    assert [part.get("intent") for part in found["parts"]] == ["hours", None, None, "overdose_emergency"]
    assert found["parts"][3]["rules"] == ["rule"]
    assert found["choices"] == [{"title": "When?", "intent": "hours"}]
    assert found["resources"] == [{"label": "Ambulance", "number": "2", "kind": "emergency"}]
    assert (found["kind"], found["urgent"], found["handover"], found["kb"]) == ("safety", True, None, "ab" * 8)
    assert Context.from_dict(found["context"]) == reply.context
