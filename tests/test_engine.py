from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.decision import Answered, Asked, Declined
from bot.dialogue import Context
from bot.engine import Bot
from bot.errors import ContentError, SettingError
from bot.explanation import Explanation
from bot.knowledge import SMALLTALK, KnowledgeBase, Lexicon
from bot.knowledge.limits import Limits
from bot.safety import Alarms
from tests.conftest import HOURS, BuildContent

ROOT = Path(__file__).parents[1]
QUIET = {"intents/alarms.yaml": "alarms: off\n"}  # what ships is long to read
SHOP = {
    "hours": ["when do you open", "opening hours on sunday", "are you open late"],
    "returns": ["how do i return a parcel", "send my order back", "get a refund"],
    "delivery": ["when does my parcel come", "how long is delivery", "track my order"],
    "parking": ["where can i park my car", "is parking free"],
}
MESSAGES = [
    "is ketamine an opioid?", "what are opiods", "is tramadol an opioid", "is fentanyl an opioid", "and xanax?",
    "does ket mess up yuor bladder", "can it be used for pain", "hello", "thanks!", "what is the weather", "", "2",
    "is morphine addictive", "ketamin withdrawl", "why would anyone not use ketamine in an ambulance", "кетамин", "🐴",
]  # fmt: skip
SILENT = {
    "empty": "", "blank": " \t\n", "punctuation": "?!… --- \"'\" ;;", "zero-width": "\u200b\u200d\u2060\ufeff",
    "bidirectional": "\u202e\u2067\u200f", "NUL": "\x00" * 9, "controls": "\x01\x1b\x7f", "surrogate": "\ud800",
    "surrogates": "\udfff\ud83d", "replacement": "\ufffd\ufffd", "private": "\ue000", "unassigned": "\U000e0fff",
    "emoji": "😱", "pill": "💊", "brain": "🧠", "hospital": "🏥", "wave": "👋🏽", "family": "👩‍👩‍👧", "heart": "❤️",
    "many emoji": "😱" * 9_000, "marks": "\u0301" * 9_000, "keys": "#*~^|", "quotes": "'" * 50_000,
}  # fmt: skip
UNREADABLE = {
    "cyrillic": "можно ли кетамин", "arabic": "هل الكيتامين مخدر", "chinese": "氯胺酮是什么", "greek": "τι είναι αυτό",
    "hindi": "केटामाइन क्या है", "thai": "คีตามีนคืออะไร", "japanese": "ケタミンとは",
    "mostly": "ketamine это не опиоид или что",
}  # fmt: skip
RUBBISH = {
    "one letter": "a" * 100_000, "letters": "abcdefghij" * 10_000, "one word again": "qwzx " * 20_000,
    "digits": "7" * 100_000, "numbers": "12 " * 3_000, "apostrophes": "a'" * 50_000, "tags": "<" * 100_000,
    "colons": ":z" * 50_000, "mentions": "<@" * 50_000, "decorated": ("z" + "\u0301" * 30) * 3_000,
    "hash": "9f86d081884c", "code": "\x7fQZF\x02\x01\x00\x00>\x00\x01", "replaced": "\ufffdPNG\ufffd\x1a IHDR",
    "wrapped": "\u202ezqx\u202c\u200bwvk",
}  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_categories=[])) | st.text(
    st.sampled_from("whendoyu pclr'’?.0129\n\u200b\u202e\ufffd\x00\u0301😱💊ж")
)


@cache
def shipped() -> Bot:
    return Bot.load()


@cache
def shop() -> Bot:
    return Bot(KnowledgeBase.from_mapping(SHOP))


def spoken(bot: Bot, messages: list[str] = MESSAGES) -> list[str]:
    """The replies to messages, as JSON, each in the context that the last one left."""
    return list(_spoken(bot, messages))


def _spoken(bot: Bot, messages: list[str]) -> Iterator[str]:
    context = Context()
    for message in messages:
        reply = bot.reply(message, context)
        context = reply.context
        yield json.dumps(reply.to_dict(), sort_keys=True)


# The same base, message and context give the same reply.


def test_the_same_message_and_context_get_the_same_bytes() -> None:
    assert spoken(shipped()) == spoken(shipped())
    assert spoken(shop()) == spoken(Bot(shop().kb))


def test_replies_do_not_depend_on_what_was_asked_before() -> None:
    bot = Bot(shop().kb)
    before = bot.reply("oppening").to_dict()
    for message in (*MESSAGES, "parsel", "refnud"):
        bot.reply(message)

    assert bot.reply("oppening").to_dict() == before


def test_every_process_gives_the_same_bytes_whatever_the_seed_of_its_hashes() -> None:
    script = "import json; from tests.test_engine import *; print(json.dumps(spoken(shipped())))"
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"  # that of this process is drawn anew, or another
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )  # fmt: skip

    assert json.loads(done.stdout) == spoken(shipped())


def test_the_order_of_intents_and_phrasings_changes_no_reply() -> None:
    turned = {intent: phrasings[:1] + phrasings[:0:-1] for intent, phrasings in reversed(SHOP.items())}
    bot = Bot(KnowledgeBase.from_mapping(turned))
    asked = ["when do you open", "track a parcel", "sunday", "parking for my order", "hwo long", "refund late"]

    assert [bot.reply(message).parts for message in asked] == [shop().reply(message).parts for message in asked]


def test_threads_can_share_a_bot() -> None:
    bot, messages = Bot(shop().kb), [*MESSAGES, "oppening hous", "retrun a parsel", "delivry of my oder", "praking"] * 9
    expected = [json.dumps(shop().reply(message).to_dict()) for message in messages]
    with ThreadPoolExecutor(8) as threads:
        runs = [threads.submit(lambda: [json.dumps(bot.reply(m).to_dict()) for m in messages]) for _ in range(8)]

    assert [run.result() for run in runs] == [expected] * 8


# Whatever is typed: a reply, and where it says nothing a decline.


@pytest.mark.parametrize("message", SILENT.values(), ids=SILENT)
@pytest.mark.parametrize("bot", [shipped, shop], ids=["shipped", "shop"])
def test_a_message_without_a_letter_or_digit_is_declined(bot: object, message: str) -> None:
    assert callable(bot)
    reply = bot().reply(message)

    assert reply.kind == "decline"
    assert reply.choices == ()


@pytest.mark.parametrize("message", UNREADABLE.values(), ids=UNREADABLE)
def test_another_script_is_declined_as_such(message: str) -> None:
    reply = shipped().reply(message)

    assert reply.kind == "decline"
    assert shipped().kb.voice["decline_unreadable"] in reply.text


@pytest.mark.parametrize("message", ["quiero morir", "ich will sterben", "je veux mourir", "voglio morire adesso"])
def test_another_language_is_declined_with_the_numbers(message: str) -> None:
    reply = shipped().reply(message)

    assert shipped().kb.voice["decline_unreadable"] in reply.text
    assert reply.resources


@pytest.mark.parametrize("message", ["ketamine infussion", "gud mornin"])
def test_slips_of_the_keyboard_are_no_other_language(message: str) -> None:
    assert shipped().kb.voice["decline_unreadable"] not in shipped().reply(message).text


@pytest.mark.parametrize("message", RUBBISH.values(), ids=RUBBISH)
def test_rubbish_is_declined(message: str) -> None:
    assert shipped().reply(message).kind == "decline"


@given(ANY_TEXT)
def test_any_text_gets_a_reply_that_is_json(message: str) -> None:
    reply = shop().reply(message)

    assert reply.kind in ("answer", "clarify", "decline", "safety")
    assert json.loads(json.dumps(reply.to_dict()).encode("ascii")) == reply.to_dict()


@given(st.text(st.characters(categories=["P", "Z", "C", "M"])))
def test_any_text_without_letters_digits_and_signs_is_declined(message: str) -> None:
    assert shop().reply(message).kind == "decline"


@settings(max_examples=50)
@given(ANY_TEXT)
def test_any_text_can_be_ranked_and_explained(message: str) -> None:
    explained = shop().explain(message)

    assert explained.reply == shop().reply(message)
    assert {match.intent for match in shop().rank(message)} <= SHOP.keys()
    json.dumps(explained.to_dict())


UNSEEN = ["\u200b", "\u202e", "\u2067", "\ufeff", "\x00", "\ud800", "\ufffd", "\U000e0fff"]


@pytest.mark.parametrize("mark", UNSEEN, ids=ascii)
def test_what_cannot_be_seen_around_a_question_changes_nothing(mark: str) -> None:
    marked = shop().reply(f"{mark}when do{mark} you {mark}open{mark}{mark}?{mark}")

    assert marked == shop().reply("when do you open?")


def test_a_question_among_noise_of_any_length_still_gets_a_reply() -> None:
    assert shop().reply("when do you open " * 6_000).kind in ("answer", "clarify")


# Bases of every size.


@pytest.mark.parametrize("message", ["", "when do you open", "1", "😱", "a" * 1_000])
def test_a_base_without_intents_declines_everything(message: str) -> None:
    bot = Bot(KnowledgeBase.from_mapping({}))

    assert bot.reply(message).kind == "decline"
    assert bot.rank(message) == []
    assert bot.explain(message).candidates == ()


def test_a_base_of_one_intent_with_one_phrasing_answers_it_and_nothing_else() -> None:
    bot = Bot(KnowledgeBase.from_mapping({"hours": ["when do you open"]}))

    assert bot.reply("when do you open?").kind == "answer"
    assert bot.reply("how tall are giraffes").kind == "decline"


def test_ten_thousand_times_the_same_phrasing_is_one_phrasing() -> None:
    once = Bot(KnowledgeBase.from_mapping({"hours": ["when do you open"], "parking": SHOP["parking"]}))
    often = Bot(KnowledgeBase.from_mapping({"hours": ["when do you open"] * 10_000, "parking": SHOP["parking"]}))

    for message in ("when do you open", "open", "is parking open", "bananas"):
        assert often.reply(message).parts == once.reply(message).parts


def test_phrasings_of_grammar_alone_make_a_bot_that_replies() -> None:
    bot = Bot(KnowledgeBase.from_mapping({"who": ["who are you"], "how": ["how is it", "is it so"]}))

    assert {bot.reply(message).kind for message in ("who are you", "how is it", "it", "bananas")} <= {
        "answer", "clarify", "decline",
    }  # fmt: skip
    assert bot.reply("bananas").kind == "decline"


def test_an_intent_without_phrasings_is_refused() -> None:
    for phrasings in ([], [""], ["fine", "  "], "when"):
        with pytest.raises(ContentError, match="hours"):
            KnowledgeBase.from_mapping({"hours": phrasings})


@pytest.mark.parametrize("phrasings", [[1], [None], None, 7, {"when": 1}, [["when"]], b"when"], ids=repr)
def test_phrasings_that_are_no_texts_are_refused_with_what_to_do(phrasings: Any) -> None:
    with pytest.raises(ContentError, match="intent 'hours' needs at least one phrasing: a list of texts, none empty"):
        KnowledgeBase.from_mapping({"hours": phrasings})


@pytest.mark.parametrize("intent", ["", " ", 3, None], ids=repr)
def test_an_intent_id_that_is_no_text_is_refused(intent: Any) -> None:
    with pytest.raises(ContentError, match="needs at least one phrasing"):
        KnowledgeBase.from_mapping({intent: ["when do you open"]})


def test_bases_that_differ_in_their_lexicon_differ_in_their_hash() -> None:
    plain = KnowledgeBase.from_mapping(SHOP)
    other = KnowledgeBase.from_mapping(SHOP, Lexicon(synonyms=(("parcel", "package"),)))

    assert plain.hash != other.hash


# What a reply rests on.


@pytest.mark.parametrize("intent", SHOP)
def test_a_phrasing_as_it_was_written_is_answered(intent: str) -> None:
    for phrasing in SHOP[intent]:
        (part,) = shop().reply(phrasing).parts
        assert isinstance(part, Answered)
        assert part.intent == intent


def test_a_known_thing_that_is_not_covered_is_declined_by_its_name() -> None:
    (part,) = shipped().reply("is tramadol an opioid?").parts

    assert isinstance(part, Declined)
    assert part.about == ("tramadol",)
    assert "tramadol" in part.text


def test_a_member_of_a_class_gets_the_answer_on_the_class_with_its_opening() -> None:
    (part,) = shipped().reply("what is opioid withdrawal like").parts
    (member,) = shipped().reply("what is morphine withdrawal like").parts

    assert isinstance(part, Answered)
    assert isinstance(member, Answered)
    assert (part.intent, member.intent) == ("opioid_withdrawal", "opioid_withdrawal")
    assert member.text == f"For opioids as a group: {part.text}"


def test_what_an_explanation_shows_is_what_decided() -> None:
    for message in MESSAGES:
        if message.isdigit():
            continue
        explained = shipped().explain(message)
        (part,) = explained.reply.parts
        standing = [one.weighed for one in explained.candidates if not one.weighed.refused]
        match part:
            case Answered():
                assert (standing[0].match.intent, standing[0].findings) == (part.intent, ())
                assert standing[0].match.score == part.score
                assert standing[0].confidence >= explained.limits.answer
            case Asked():
                assert part.choices[0] == standing[0].match.intent
            case Declined():
                asked = [one for one in standing if shipped().kb.intents[one.match.intent].topic != SMALLTALK]
                assert all(one.confidence < explained.limits.ask for one in asked)  # small talk is never asked back


def test_an_explanation_shows_five_candidates_in_the_order_of_the_decision_and_what_tells_the_first_two_apart() -> None:
    explained = shipped().explain("ketamin bladder problms")
    (found,) = explained.to_dict()["questions"]
    first, second = ({c.feature: c.amount for c in one.contributions} for one in explained.questions[0].shown[:2])

    assert found["corrections"] == {"bladder problms": "bladder problems"}
    assert found["synonyms"] == {"ketamin": "ketamine", "bladder problems": "bladder"}
    assert len(found["candidates"]) == 5
    assert len(explained.candidates) > 5  # all that were weighed
    assert found["difference"]["@bladder"] == round(first["@bladder"] - second.get("@bladder", 0.0), 4)
    assert explained.to_dict()["limits"]["beside"] == explained.limits.beside


def test_what_a_gate_rules_out_is_shown_after_what_it_lets_stand() -> None:
    refused = [one.weighed.refused for one in shipped().explain("is fentanyl an opioid").questions[0].shown]

    assert refused == sorted(refused)


def test_an_explanation_as_json_says_how_words_were_read() -> None:
    explained = shipped().explain("is tramadol an opiod")
    values = json.loads(json.dumps(explained.to_dict()))
    (found,) = values["questions"]

    assert [token["typed"] for token in found["tokens"]] == ["is", "tramadol", "an", "opiod"]
    assert (found["entities"], found["uncovered"]) == (["tramadol", "opioids"], ["tramadol"])
    assert values["decision"] == "decline"
    assert {gate["gate"] for one in found["candidates"] for gate in one["gates"]} >= {"uncovered_things"}


def test_where_every_limit_is_out_of_reach_nothing_is_answered() -> None:
    bot = Bot(shop().kb, limits=Limits(answer=9.0, ask=0.0, lead=0.0))

    assert bot.reply("when do you open").kind == "clarify"
    assert Bot(shop().kb, limits=Limits(answer=9.0, ask=9.0)).reply("when do you open").kind == "decline"


# Whatever fails in safety, the numbers are sent.


class Deaf:
    """Alarms that hear nothing, and fail where they look for distress."""

    def screen(self, message: str) -> None:
        return None

    def distress(self, message: str) -> bool:
        raise RuntimeError(message)


def broken(**parts: Any) -> Bot:
    """A bot whose safety lacks something that is needed for a reply."""
    kb = shop().kb
    assert kb.safety
    return Bot(replace(kb, safety=replace(kb.safety, **parts)), region="UK")


def deaf() -> Bot:
    bot = broken()
    bot._alarms = cast(Alarms, Deaf())
    return bot


@pytest.mark.parametrize(
    ("bot", "message", "context"),
    [
        (lambda: broken(replies={}), "i want to die", Context()),
        (lambda: broken(no_country=None), "i want to die, canada", Context()),
        (lambda: broken(voice={}), "just kidding", Context(flag="suicide_crisis")),
        (lambda: broken(voice={}), "when do you open", Context(flag="suicide_crisis")),
        (lambda: broken(voice={}), "ich möchte gerne etwas fragen", Context()),
        (deaf, "when do you open", Context()),
    ],
    ids=["lines", "country", "taking back", "flagged", "unreadable", "distress"],
)
def test_whatever_fails_in_the_step_of_safety_the_numbers_are_sent(
    bot: Callable[[], Bot], message: str, context: Context
) -> None:
    reply = bot().reply(message, context)

    assert reply.urgent
    assert "999" in reply.text
    assert "116 123" in reply.text
    assert reply.context.flag


@pytest.mark.parametrize("region", ["", "uk", "Atlantis", "unknown"])
def test_a_context_without_a_known_region_gets_the_numbers_of_the_bots(region: str) -> None:
    bot = shop().in_region("UK")

    for context in (Context(region=region), Context(region=region).to_dict()):
        assert "Samaritans 116 123" in bot.reply("i want to die", context).text
        assert bot.tell("hours", context).context.region == "UK"


def test_a_region_in_the_context_goes_before_the_bots_in_any_case() -> None:
    assert "988" in shop().in_region("UK").reply("i want to die", Context(region="us")).text


# What was said before.


def test_a_number_picks_what_was_offered_last() -> None:
    asked = shipped().reply("is ketamine an opioid?")
    for number, choice in enumerate(asked.choices, 1):
        (part,) = shipped().reply(f"{number}.", asked.context).parts
        assert isinstance(part, Answered)
        assert part.intent == choice.intent


def test_a_pick_is_told_as_a_click_tells_it() -> None:
    asked = shipped().reply("is ketamine an opioid?")
    picked = shipped().reply("1", asked.context)

    assert asked.choices
    assert picked == shipped().tell(asked.choices[0].intent, asked.context)


def test_an_explanation_of_a_pick_has_the_reply_to_it() -> None:
    context = Context(choices=("returns",))

    assert shop().explain("1", context).reply == shop().reply("1", context)


def test_a_number_beyond_what_was_offered_gets_what_was_offered() -> None:
    reply = shop().reply("9", Context(choices=("hours",)))

    assert [choice.intent for choice in reply.choices][:1] == ["hours"]


def test_an_offer_that_the_base_no_longer_has_is_not_picked() -> None:
    assert shop().reply("1", Context(choices=("gone",))).kind == "decline"


@pytest.mark.parametrize(
    "rubbish", [{}, {"version": 99}, {"version": 1, "choices": "hours"}, {"version": 1, "told": 3}]
)
def test_a_context_that_is_rubbish_is_dropped(rubbish: dict[str, object]) -> None:
    reply = shop().reply("when do you open", Context.from_dict(rubbish))

    assert reply == shop().reply("when do you open")


def test_a_context_of_things_that_do_not_exist_harms_nothing() -> None:
    context = Context(
        intents=("gone",), entities=("gone",), choices=("gone",), told=("gone",), flag="gone", region="??"
    )

    for message in ("when do you open", "bananas", "", "and that?"):
        assert shop().reply(message, context).parts == shop().reply(message).parts


def test_what_was_told_is_remembered_from_reply_to_reply() -> None:
    first = shop().reply("when do you open")
    second = shop().reply("track my order", first.context)

    assert second.context.told == ("hours", "delivery")
    assert shop().reply("bananas", second.context).context.told == ("hours", "delivery")


def test_an_intent_that_does_not_exist_cannot_be_told() -> None:
    with pytest.raises(KeyError):
        shop().tell("gone")


@pytest.mark.parametrize("intent", SHOP)
def test_every_intent_can_be_told_without_a_message(intent: str) -> None:
    (part,) = shop().tell(intent).parts

    assert isinstance(part, Answered)
    assert part.intent == intent


# Where a bot comes from.


def test_a_folder_of_content_makes_a_bot(content: BuildContent) -> None:
    for root in (content(QUIET), str(content(QUIET))):
        bot = Bot.load(root, region="UK")
        reply = bot.reply("what are your hours")

        assert reply.kind == "answer"
        assert reply.text == "We are open from nine to five."
        assert (reply.kb, reply.context.region) == (bot.kb.hash, "UK")


@pytest.mark.parametrize("name", ["uk", "UK", " gb", "United Kingdom", "great britain"])
def test_a_region_goes_by_its_id_or_by_its_names(name: str) -> None:
    assert Bot(KnowledgeBase.from_mapping({"hours": ["when"]}), region=name).region == "UK"


def test_a_region_that_the_content_lacks_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(SettingError, match=r"'Atlantis' is not in answers/regions.yaml: give one of US, UK, IE"):
        Bot(KnowledgeBase.from_mapping({"hours": ["when"]}), region="Atlantis")


def test_a_bot_of_another_region_leaves_the_first_as_it_is(content: BuildContent) -> None:
    bot = Bot.load(content(QUIET), region="UK")
    other = bot.in_region("US")

    assert (bot.region, other.region) == ("UK", "US")
    assert other.reply("what are your hours").parts == bot.reply("what are your hours").parts


def test_content_with_a_problem_makes_no_bot(content: BuildContent) -> None:
    broken = HOURS["answers/hours.yaml"].replace("follow_ups: [holidays]", "follow_ups: [gone]")

    with pytest.raises(ContentError, match="gone"):
        Bot.load(content({**QUIET, "answers/hours.yaml": broken}))


def test_an_explanation_is_a_value() -> None:
    assert isinstance(shop().explain("when do you open"), Explanation)
    assert shop().explain("when do you open") == shop().explain("when do you open")
