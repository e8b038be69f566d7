"""Short messages in a conversation with the content that ships: acts, numbers, parts, two subjects, refusals."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from bot.decision import Alarmed, Answered, Asked, Declined
from bot.dialogue import Act, Context, act_of, only_numbers, picked, pieces, place_named
from bot.engine import Bot
from bot.reply import Reply

OFFERED = Context(choices=("hours", "returns", "delivery"))


@cache
def bot() -> Bot:
    return Bot.load(cache=Path(mkdtemp()))


def last(*messages: str) -> Reply:
    """The reply to the last message of a conversation."""
    context: Context | None = None
    for message in messages:
        reply = bot().reply(message, context)
        context = reply.context
    return reply


def outcome(reply: Reply) -> list[str]:
    """What each part is: an intent, a category of safety, "asked" or "declined"."""
    found = []
    for part in reply.parts:
        match part:
            case Answered():
                found.append(part.intent)
            case Alarmed():
                found.append(part.category)
            case Asked():
                found.append("asked")
            case Declined():
                found.append("declined")
    return found


@pytest.mark.parametrize("message", ["are you human", "are you a real person", "for humans?", "just a rough number"])
def test_a_person_who_is_only_named_is_not_asked_for(message: str) -> None:
    assert act_of(message) is not Act.PERSON
    assert last("is ketamine used in vets", message).handover is None


@pytest.mark.parametrize("message", ["human", "a real person please", "no a human not a bot", "let me talk to someone"])
def test_a_person_is_asked_for_by_wanting_one_or_by_naming_nothing_else(message: str) -> None:
    assert last("is ketamine addictive", message).handover == "asked"


@pytest.mark.parametrize("message", ["9", "third and fourth", "number 7", "0"])
def test_numbers_out_of_range_get_what_was_offered(message: str) -> None:
    before = last("can ketamine damage the bladder")
    reply = bot().reply(message, Context(choices=before.context.choices[:2]))

    assert outcome(reply) == ["asked"]
    assert [choice.intent for choice in reply.choices][:2] == list(before.context.choices[:2])


def test_a_number_where_nothing_was_offered_is_told_so() -> None:
    assert last("1").text == bot().kb.voice["nothing_offered"]


def test_a_range_picks_all_that_it_spans() -> None:
    assert picked("1-3", OFFERED) == picked("1 to 3", OFFERED) == OFFERED.choices
    assert picked("2–3", OFFERED) == OFFERED.choices[1:]


@pytest.mark.parametrize(("message", "alone"), [("5 mg", False), ("number", False), ("the last one", True)])
def test_a_message_of_numbers_has_nothing_else(message: str, alone: bool) -> None:
    assert only_numbers(message) is alone


def test_a_subject_that_was_typed_outranks_one_that_the_answer_brings_in() -> None:
    assert outcome(last("is it an opioid", "what is", "xanax", "and how does it work")) == ["what_are_benzodiazepines"]


def test_not_a_subject_goes_back_to_the_one_before_or_asks() -> None:
    assert outcome(last("is ketamine addictive", "i meant xanax", "not opioids")) == ["xanax_dependence"]
    assert last("how do opioids work", "not opioids").text.startswith(bot().kb.voice["which_subject"])


@pytest.mark.parametrize(
    ("message", "intents"),
    [
        ("is ketamine an opioid and xanax?", ["ketamine_is_opioid", "xanax_is_opioid"]),
        ("is ketamine or xanax an opioid", ["ketamine_is_opioid", "xanax_is_opioid"]),
        ("are ketamine and xanax opioids?", ["ketamine_is_opioid", "xanax_is_opioid"]),
        ("is ketamine addictive and xanax too", ["ketamine_dependence", "xanax_dependence"]),
        ("ketamine withdrawal and opioid withdrawal", ["ketamine_withdrawal", "opioid_withdrawal"]),
        ("what is the difference between ketamine and opioids", ["ketamine_vs_opioids"]),
    ],
)
def test_two_subjects_with_one_predicate_are_two_questions(message: str, intents: list[str]) -> None:
    assert outcome(last(message)) == intents


def test_of_two_subjects_the_one_that_is_not_held_is_named() -> None:
    reply = last("is ketamine or tramadol an opioid")

    assert outcome(reply) == ["ketamine_is_opioid", "declined"]
    assert "tramadol" in reply.text


def test_a_refusal_takes_only_its_part_and_stands_first() -> None:
    reply = last("is it legal? what is ketamine? how much should i take?")

    assert outcome(reply) == ["dosing", "ketamine_regulation", "what_is_ketamine"]


def test_an_alarm_takes_the_whole_message() -> None:
    assert outcome(last("what is ketamine? he is not breathing")) == ["overdose_emergency"]


def test_a_refusal_is_judged_on_the_completed_question() -> None:
    assert outcome(last("how do opioids work", "and alcohol?")) == ["mixing"]  # a rule fired, not its wording alone
    assert outcome(last("ketamine withdrawal and opioid withdrawal", "which is the worst")) == ["declined"]


@pytest.mark.parametrize("message", ["with alcohol?", "how much should i take", "should i take it"])
def test_a_completed_question_that_is_refused_stays_refused(message: str) -> None:
    assert last("is ketamine addictive", message).kind == "safety"


def test_an_alarm_is_judged_on_what_was_typed_too() -> None:
    assert last("is ketamine addictive", "i want to die").urgent


def test_parts_of_a_reply_can_be_named() -> None:
    before = ("what is ketamine? is xanax an opioid? how do opioids work?",)

    assert outcome(last(*before, "more on the second")) == ["xanax_is_opioid"]
    assert outcome(last(*before, "more on the second", "sources for the third")) == ["how_opioids_work"]
    assert outcome(last(*before, "the first one again")) == ["what_is_ketamine"]
    assert place_named("more on ketamine") is None


@pytest.mark.parametrize("message", ["0 more", "more on the last", "sources for the 7th"])
def test_a_part_that_is_not_there_is_not_looked_for(message: str) -> None:
    assert outcome(bot().reply(message)) == ["declined"]


def test_the_rest_of_a_long_message_is_answered_when_it_is_asked_for() -> None:
    asked = ["is ketamine an opioid", "what is xanax", "is it addictive", "how do opioids work", "what is norketamine"]
    long = "? ".join([*asked, "does ketamine hurt the bladder", "is ketamine legal?"])

    assert outcome(last(long, "what about the rest")) == ["ketamine_bladder", "ketamine_regulation"]
    assert last(long, "the rest", "the rest").text == bot().kb.voice["nothing_left"]


PROTESTS = (
    "you're wrong", "wrong", "what?", "i don't understand", "that doesn't answer my question", "no that's wrong",
    "not true", "that makes no sense", "you are not helpful",
)  # fmt: skip


@pytest.mark.parametrize("message", PROTESTS)
def test_protest_gets_the_shorter_text_the_sources_and_a_person(message: str) -> None:
    reply = last("is ketamine addictive", message)

    assert outcome(reply) == ["ketamine_dependence"]
    assert bot().kb.entries["ketamine_dependence"].short in reply.text
    assert bot().kb.voice["sources_line"] in reply.text
    assert bot().kb.voice["contact"] in reply.text


@pytest.mark.parametrize("message", ["what is ketamine", "is it wrong to take ketamine", "no idea what ketamine is"])
def test_a_question_is_no_protest(message: str) -> None:
    assert act_of(message) is not Act.LOST


@pytest.mark.parametrize("message", ["right?", "next", "wait", "go back", "more", "again"])
def test_filler_is_neither_guessed_nor_answered(message: str) -> None:
    assert outcome(last(message)) == ["declined"]
    assert last(message).handover is None


def test_small_talk_is_never_offered_as_a_choice() -> None:
    for message in ("you know", "the end", "so long then ketamine", "hi there opioid"):
        talked = {choice for choice in last(message).context.choices if choice in bot().kb.intents}
        assert (
            not talked
            or last(message).kind != "clarify"
            or all(bot().kb.intents[choice].topic != "smalltalk" for choice in talked)
        )


def test_more_a_second_time_says_that_this_is_all_and_offers_something_else() -> None:
    once, twice = last("is ketamine addictive", "more"), last("is ketamine addictive", "more", "why?")

    assert bot().kb.voice["all_told"] not in once.text
    assert twice.text == bot().kb.voice["all_told"]
    assert twice.choices
    assert not set(twice.choices) & set(once.choices)


def test_why_after_a_decline_explains_the_decline() -> None:
    assert "tramadol" in last("is tramadol an opioid", "why?").text
    assert last("what is the moon", "why").text == bot().kb.voice["why_nothing_held"]
    assert last("what is the moon", "why").handover is None


def test_a_single_choice_is_named_and_taken_by_a_yes() -> None:
    title = bot().kb.title("ketamine_bladder")
    asked = bot()._voice.ask(Asked(("ketamine_bladder",)))

    assert asked.text == f"Did you mean “{title}”?"
    assert picked("yes", Context(choices=("ketamine_bladder", "none_of_these"))) == ("ketamine_bladder",)


def test_repeats_are_dropped_before_the_rest_is_named() -> None:
    asked = ["what is ketamine", "what is xanax", "how do opioids work", "is ketamine legal"]

    assert len(last("? ".join([*asked, *asked]) + "?").parts) == len(asked)


def test_of_many_questions_left_a_few_are_named_and_the_others_counted() -> None:
    left = bot()._voice.left(["a", "b", "c", "d", "e"])

    assert "a, b, c and 2 more" in left.text


def test_a_list_with_letters_is_cut_like_one_with_numbers() -> None:
    cut = [piece.text for piece in pieces("a) what is it b) is it legal c) how does it work")]

    assert cut == ["what is it", "is it legal", "how does it work"]
    assert len(pieces("is vitamin k a) good")) == 1
