"""Conversations with the content that ships: what was said before, and several questions at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.decision import Alarmed, Answered, Declined
from bot.dialogue import Context
from bot.engine import Bot
from bot.reply import Reply

LARGEST = 4096  # bytes of a context as JSON
SAID = (
    "what is ketamine", "and xanax?", "why?", "is it addictive", "2", "the last one", "both", "yes", "no",
    "none of these", "no, I meant opioids", "not ketamine, xanax", "tell me more", "repeat", "shorter", "sources?",
    "are you sure?", "thanks! one more: is it legal", "what is ketamine and how does it work? and pcp?",
    "1. what is xanax 2. hair loss?", "i want a person", "is tramadol an opioid", "banana", "he is not breathing",
    "i'm ok", "how many mg", "numbers", "bye", "a? b? c? d? e? f? g? h?", "", "🙂", "\ud800",
)  # fmt: skip
MESSAGES = st.lists(st.sampled_from(SAID) | st.text(max_size=60), max_size=12)


@cache
def bot() -> Bot:
    return Bot.load()


def talk(messages: Sequence[str], speaker: Bot | None = None) -> list[Reply]:
    """The replies of a conversation, the context going through JSON as it does on the web."""
    replies: list[Reply] = []
    context: Context | None = None
    for message in messages:
        replies.append((speaker or bot()).reply(message, context))
        context = Context.from_dict(json.loads(json.dumps(replies[-1].context.to_dict())))
    return replies


def intents(reply: Reply) -> list[str]:
    return [part.intent if isinstance(part, Answered) else "" for part in reply.parts]


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_no_conversation_raises_or_grows_its_context_and_every_reply_depends_on_base_message_and_context(
    messages: list[str],
) -> None:
    replies = talk(messages)

    assert replies == talk(messages, bot().in_region(""))
    for reply in replies:
        context = reply.context.to_dict()
        assert len(json.dumps(context, ensure_ascii=True)) <= LARGEST
        assert Context.from_dict(context) == reply.context
        assert reply.parts


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_a_flag_is_never_forgotten(messages: list[str]) -> None:
    replies = talk(["he is not breathing", *messages])

    assert all(reply.context.flag and reply.resources for reply in replies)


def test_telling_everything_keeps_a_context_small() -> None:
    context = None
    for intent in bot().kb.intents:
        reply = bot().tell(intent, context)
        context = reply.context

    assert len(json.dumps(reply.context.to_dict())) <= LARGEST


def test_what_was_read_into_a_message_is_explained() -> None:
    first = bot().reply("is ketamine an opioid")
    explained = bot().explain("and xanax?", first.context)

    assert [one.read_as for one in explained.questions] == ["is Xanax an opioid"]
    assert explained.to_dict()["questions"][0]["read_as"] == "is Xanax an opioid"
    assert not explained.fresh_start


@pytest.mark.parametrize(
    "rubbish", [{"version": 1}, {"version": 2, "idle": -1}, {"told": "x"}, {"version": 2, "told": ["x" * 999]}]
)
def test_a_context_that_was_dropped_is_named_in_the_explanation(rubbish: dict[str, object]) -> None:
    explained = bot().explain("what is ketamine", rubbish)

    assert explained.fresh_start
    assert explained.reply == bot().reply("what is ketamine")


def test_a_part_that_is_not_held_is_named_beside_those_that_are() -> None:
    (reply,) = talk(["does ketamine hurt the bladder, and can you lose hair?"])
    held, missing = reply.parts

    assert isinstance(held, Answered)
    assert held.sources
    assert isinstance(missing, Declined)
    assert missing.text == "I have nothing on hair."


def test_at_most_five_questions_are_answered_and_the_rest_is_named() -> None:
    asked = ["is ketamine an opioid", "what is xanax", "is it addictive", "how do opioids work", "what is norketamine"]
    (reply,) = talk(["? ".join([*asked, "does ketamine hurt the *bladder*?"])])

    assert [bool(intent) for intent in intents(reply)] == [True] * 5 + [False]
    assert "does ketamine hurt the bladder" in reply.parts[-1].text


def test_a_question_that_only_holds_an_and_is_one() -> None:
    (reply,) = talk(["ketamine and opioids, what's the difference"])

    assert intents(reply) == ["ketamine_vs_opioids"]


def test_more_gives_the_whole_text_and_shorter_the_short_one() -> None:
    _, more, shorter = talk(["can ketamine damage the bladder", "tell me more", "too long"])
    entry = bot().kb.entries["ketamine_bladder"]

    assert isinstance(more.parts[0], Answered)
    assert isinstance(shorter.parts[0], Answered)
    assert more.parts[0].short == more.parts[0].text == entry.text
    assert shorter.parts[0].text == entry.short
    assert not {choice.intent for choice in shorter.choices} & set(shorter.context.told)


def test_sources_are_named_by_document_and_section() -> None:
    *_, reply = talk(["can ketamine damage the bladder", "where is that from?"])

    assert "Tres Vistas Recovery" in reply.text
    assert "Long-Term" in reply.text


@pytest.mark.parametrize("message", ["can i talk to a person", "i want a human please", "get me a real nurse"])
def test_who_asks_for_a_person_is_handed_over_on_the_first_turn(message: str) -> None:
    (reply,) = talk([message])

    assert reply.handover == "asked"


def test_a_base_without_an_entry_for_it_hands_over_too() -> None:
    from bot.knowledge import KnowledgeBase

    reply = Bot(KnowledgeBase.from_mapping({"hours": ["when do you open"]})).reply("I want to talk to a person")

    assert reply.handover == "asked"
    assert reply.text


def test_the_second_decline_in_a_row_hands_over_and_says_something_else() -> None:
    first, second, third = talk(["what does cocaine do", "and the moon?", "is tramadol an opioid"])

    assert (first.handover, second.handover) == (None, "declined")
    assert first.text != second.text != third.text


def test_an_alarm_hands_over_and_is_heard_before_any_pick() -> None:
    *_, reply = talk(["what is ketamine", "2. he stopped breathing"])

    assert isinstance(reply.parts[0], Alarmed)
    assert reply.handover == "overdose_emergency"


def test_topic_and_choices_are_forgotten_after_some_turns() -> None:
    *_, last = talk(["what is ketamine", *["banana"] * 6])

    assert (last.context.intents, last.context.entities, last.context.choices) == ((), (), ())


def test_a_new_question_wins_over_what_is_pending() -> None:
    *_, reply = talk(["is ketamine an opioid", "what are benzodiazepines"])

    assert intents(reply) == ["what_are_benzodiazepines"]


def test_yes_to_several_offers_asks_which() -> None:
    *_, reply = talk(["what is ketamine", "yes"])

    assert reply.kind == "clarify"
    assert reply.choices


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        (("is xanax addictive", "what are nmda receptors"), ["nmda_receptors"]),
        (("is ketamine addictive", "not ketamine, xanax", "and is it an opioid"), ["xanax_is_opioid"]),
        (("how do opioids work", "and ketamine, how does that one work"), ["how_ketamine_works"]),
        (("so it is not only a drug for horses. what is ketamine",), ["what_is_ketamine"]),
        (("for school: what is ketamine, and what are opioids?",), ["what_is_ketamine", "what_are_opioids"]),
        (("what is ketamine is it addictive",), ["what_is_ketamine", "ketamine_dependence"]),
        (("what is ketamine used for? and who are you?",), ["ketamine_medical_uses", "bot_identity"]),
        (("is ketamine an opioid", "thanks a lot my friend"), ["thanks"]),
        (("my neighbour says ketamine is given to horses, is that so?",), ["ketamine_veterinary"]),
        (("is ketamine addictive", "thank you dear"), ["thanks"]),
        (("is ketamine addictive", "thanks for the explanation"), ["thanks"]),
        (("is ketamine addictive", "can you explain that in plain words"), ["ketamine_dependence"]),
        (("what is ketamine", "different from opioids?"), ["ketamine_vs_opioids"]),
        (("is ketamine addictive", "as addictive as heroin?"), ["ketamine_dependence"]),
        (("what is opioid withdrawal like", "and with ketamine"), ["ketamine_withdrawal"]),
        (("why do clinics keep an eye on people during ketamine",), ["ketamine_supervision"]),
        (("where can people get help for opioid addiction", "and for ketamine addiction"), ["addiction_treatment"]),
        (("is ketamine addictive", "Thank you, that was clear."), ["thanks"]),
        (("right, back to the cows. bye now",), ["goodbye"]),
        (("k thx",), ["thanks"]),
        (("what is ketamine", "could you repeat that in simpler words"), ["what_is_ketamine"]),
    ],
)
def test_the_last_message_is_taken_for_what_it_asks(messages: Sequence[str], told: list[str]) -> None:
    assert intents(talk(messages)[-1]) == told


@pytest.mark.parametrize(
    "message",
    [
        "My son asked me how ketamine can switch off pain and I had no answer. What does it not do in the brain?",
        "A chat show guest said that ketamine ended his drinking addiction. Is ketamine really used in treating it?",
        "A friend calls everything that makes you sleepy a statin, Xanax included. Does Xanax deserve that name?",
    ],
)
def test_a_question_is_not_answered_against_what_is_told_around_it(message: str) -> None:
    assert not any(intents(talk([message])[-1]))


@pytest.mark.parametrize("message", ["tell me about opioids like morphine", "list drugs similar to xanax"])
def test_a_request_that_compares_stands_by_itself(message: str) -> None:
    afresh, later = talk([message])[-1], talk(["what is ketamine", message])[-1]

    assert intents(afresh) == intents(later)


def test_plain_words_are_asked_for_and_no_other_entry() -> None:
    asked, answered = talk(["is ketamine addictive", "say that in plain words"])

    assert intents(answered) == intents(asked)


@pytest.mark.parametrize(
    "messages",
    [
        ("how much ketamine should i take", "and for pain?"),
        ("how much ketamine should i take", "what about xanax"),
        ("can i mix ketamine and xanax? and opioids?",),
        ("how much ketamine should i take? and xanax? and for pain?",),
        ("what is ketamine", "safe dose?"),
        ("does ketamine help with pain", "snort it?"),
        ("what is opioid withdrawal like", "wean off"),
        ("is xanax addictive", "can i drive"),
        ("does ketamine help with anxiety", "in grams"),
        ("does ketamine help with anxiety", "wht ds of ktmn for anxiety"),
    ],
)
def test_few_words_that_are_refused_stay_refused_whatever_was_said_before(messages: Sequence[str]) -> None:
    last = talk(messages)[-1]

    assert all(isinstance(part, Alarmed) for part in last.parts)


def test_a_full_question_after_a_refusal_is_answered() -> None:
    assert intents(talk(["can i mix ketamine and xanax", "just tell me about ketamine then"])[-1]) == [
        "what_is_ketamine"
    ]


def test_a_person_is_reached_behind_a_no() -> None:
    assert talk(["what can you help me with", "No. I want to talk to a person please"])[-1].handover
