from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.check import (
    OLDEST_NUMBER,
    contested_aliases,
    contested_phrasings,
    contested_synonyms,
    follow_ups_that_lead_nowhere,
    load,
    numbers_out_of_date,
    numbers_without_source,
    release_problems,
    replies_out_of_rule,
    sources_that_nobody_holds,
    things_that_nobody_named,
    unreviewed,
    wordless_names,
    wordless_phrasings,
)
from bot.errors import ContentError
from bot.knowledge import KnowledgeBase
from bot.knowledge.values import Review
from tests.conftest import HOURS, BuildContent, BuildKB

A_AND_B = "a: {title: A?, phrasings: [first]}\nb: {title: B?, phrasings: [second]}\n"


def test_two_intents_may_not_claim_one_phrasing(kb: BuildKB) -> None:
    base = kb("""\
        cancel: {title: How do I cancel?, phrasings: [stop it]}
        pause: {title: How do I pause?, phrasings: ["Stop it!"]}
        """)
    problems = list(contested_phrasings(base))

    assert [(p.line, p.message) for p in problems] == [
        (5, "'Stop it!' already belongs to 'cancel': keep it in one of them")
    ]


def test_a_title_is_a_phrasing_too(kb: BuildKB) -> None:
    base = kb("""\
        cancel: {title: How do I cancel?, phrasings: [stop it]}
        pause: {title: How do I pause?, phrasings: [how do i cancel]}
        """)

    assert [p.message for p in contested_phrasings(base)] == [
        "'how do i cancel' already belongs to 'cancel': keep it in one of them"
    ]


def test_an_intent_may_repeat_itself(kb: BuildKB) -> None:
    assert not list(contested_phrasings(kb("a: {title: Stop it, phrasings: [stop it, Stop it.]}")))


def test_no_phrasing_is_its_own_lookalike(kb: BuildKB) -> None:
    base = kb("a: {title: A?, phrasings: [stop it], not: [Stop it!, go on]}")

    assert [p.message for p in contested_phrasings(base)] == [
        "'Stop it!' stands under 'not' and among the phrasings: keep one"
    ]


def test_a_phrasing_needs_a_word_and_is_reported_once(kb: BuildKB) -> None:
    base = kb("a: {title: '?!', phrasings: ['...', fine]}\nb: {title: B?, phrasings: ['👍', '!!']}")

    assert [p.message for p in wordless_phrasings(base)] == [
        "'?!' holds no word: write it as a person would type it",
        "'...' holds no word: write it as a person would type it",
        "'!!' holds no word: write it as a person would type it",
    ]
    assert not list(contested_phrasings(base))


def test_an_alias_and_a_synonym_need_a_word(kb: BuildKB) -> None:
    base = kb(
        "a: {title: A?, phrasings: [a]}",
        lexicon="""\
            entities:
              ketamine: {kind: drug, aliases: ['?', ket]}
              aspirin: {kind: drug, aliases: ['!']}
            synonyms: [['-', quit], ['+', stop]]
            """,
    )

    assert [p.message for p in wordless_names(base)] == [
        "the alias '?' holds no word: take it out",
        "the alias '!' holds no word: take it out",
        "the synonym '-' holds no word: take it out",
        "the synonym '+' holds no word: take it out",
    ]
    assert not list(contested_aliases(base))
    assert not list(contested_synonyms(base))


@pytest.mark.parametrize(
    ("follow_ups", "message"),
    [
        ("[nowhere]", "the follow-up 'nowhere' is no intent: mend the name or take it out"),
        ("[a]", "the follow-up 'a' leads back to itself or stands twice: take it out"),
        ("[b, b]", "the follow-up 'b' leads back to itself or stands twice: take it out"),
    ],
)
def test_a_follow_up_leads_to_another_intent(kb: BuildKB, follow_ups: str, message: str) -> None:
    answers = f"a: {{short: s, text: t, follow_ups: {follow_ups}}}\nb: {{short: s, text: t}}\n"
    problems = list(follow_ups_that_lead_nowhere(kb(A_AND_B, answers=answers)))

    assert [(p.path.name, p.line, p.message) for p in problems] == [("topic.yaml", 3, message)]


def test_follow_ups_are_few(kb: BuildKB) -> None:
    names = [f"i{n}" for n in range(6)]
    intents = "".join(f"{name}: {{title: {name}?, phrasings: [{name}]}}\n" for name in names)
    answers = "".join(f"{name}: {{short: s, text: t}}\n" for name in names[1:])
    base = kb(intents, answers=f"i0: {{short: s, text: t, follow_ups: [{', '.join(names[1:])}]}}\n{answers}")

    assert [p.message for p in follow_ups_that_lead_nowhere(base)] == ["has 5 follow-ups: keep the best 4"]


def test_what_an_intent_is_about_stands_in_the_lexicon(kb: BuildKB) -> None:
    base = kb(
        "a: {title: A?, phrasings: [a], about: [ketamine, unicorns]}",
        lexicon="entities:\n  ketamine: {kind: drug, is: [sedatives]}\n",
    )

    assert [(p.path.name, p.line, p.message) for p in things_that_nobody_named(base)] == [
        ("topic.yaml", 4, "'about' names 'unicorns', which intents/lexicon.yaml does not have: add it"),
        ("lexicon.yaml", 2, "'is' names 'sedatives', which is no entity here: add it or mend the name"),
    ]


def test_an_alias_belongs_to_one_thing_whatever_its_ending(kb: BuildKB) -> None:
    base = kb(
        "a: {title: A?, phrasings: [a]}",
        lexicon="""\
            entities:
              opioids: {kind: class, aliases: [painkiller]}
              aspirin: {kind: drug, aliases: [Painkillers]}
            """,
    )

    assert [(p.line, p.message) for p in contested_aliases(base)] == [
        (3, "the alias 'painkillers' already belongs to 'opioids': keep it in one of them")
    ]


def test_a_synonym_stands_in_one_group_and_names_no_thing(kb: BuildKB) -> None:
    base = kb(
        "a: {title: A?, phrasings: [a]}",
        lexicon="""\
            entities:
              ketamine: {kind: drug, aliases: [ket]}
            synonyms:
              - [quit, stop]
              - [end, stops]
              - [horse, ket]
            """,
    )

    assert [p.message for p in contested_synonyms(base)] == [
        "the synonym 'stops' already stands in the group of 'quit': keep one",
        "the synonym 'ket' is an alias of 'ketamine': take it out of one",
    ]
    assert {p.path.name for p in contested_synonyms(base)} == {"lexicon.yaml"}


def test_a_source_names_a_document_and_one_of_its_sections(kb: BuildKB) -> None:
    base = kb(
        A_AND_B,
        answers="""\
            a: {short: s, text: t, sources: [{document: A, section: Intro}, {document: A, section: Outro}]}
            b: {short: s, text: t, sources: [{document: Z, section: Intro}, {document: B, section: Any}]}
            """,
        documents="A: {label: The A, sections: [Intro]}\nB: {label: The B}\n",
    )

    assert [(p.line, p.message) for p in sources_that_nobody_holds(base)] == [
        (3, "'Outro' is no section of document 'A': take one from documents.yaml"),
        (4, "the document 'Z' is not in answers/documents.yaml: add it"),
    ]


def test_loading_refuses_a_folder_with_every_problem_of_files_and_rules(content: BuildContent) -> None:
    root = content(
        {
            "intents/hours.yaml": HOURS["intents/hours.yaml"].replace("is there anybody", "what are your hours #"),
            "answers/hours.yaml": HOURS["answers/hours.yaml"].replace("[holidays]", "[weekends]") + "    colour: red\n",
        }
    )
    with pytest.raises(ContentError) as caught:
        load(root)

    assert [(p.path.name, p.line) for p in caught.value.problems] == [
        ("hours.yaml", 3),
        ("hours.yaml", 10),
        ("hours.yaml", 8),
    ]
    assert str(caught.value).startswith(f"{root / 'answers' / 'hours.yaml'}:3: the follow-up 'weekends'")


def test_a_right_folder_loads(content: BuildContent) -> None:
    assert list(load(content()).intents) == ["opening_hours", "holidays"]


def test_a_folder_that_is_not_there_is_a_content_error(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="is missing: a content folder holds"):
        load(tmp_path / "gone")


def test_the_content_that_ships_passes_every_rule() -> None:
    assert load().intents


TODAY = date(2026, 11, 23)


def test_numbers_older_than_half_a_year_stand_against_a_release() -> None:
    base = load()

    assert list(numbers_out_of_date(base, TODAY)) == []
    found = list(numbers_out_of_date(base, TODAY + timedelta(days=OLDEST_NUMBER)))
    assert any("US: 'emergency' was last checked on 2026-11-21" in problem.message for problem in found)
    assert all(problem.path.name == "regions.yaml" and problem.line for problem in found)


def test_a_number_checked_tomorrow_was_not_checked() -> None:
    assert list(numbers_out_of_date(load(), date(2026, 11, 1)))


@pytest.mark.parametrize("key", ["emergency", "crisis"])
def test_a_region_without_a_number_stands_against_a_release(key: str) -> None:
    base = load()
    assert base.safety
    region = base.safety.regions["IE"]
    mute = region._replace(services={**region.services, key: region.services[key]._replace(number="")})
    base = replace(base, safety=replace(base.safety, regions={**base.safety.regions, "IE": mute}))

    assert [p.message for p in numbers_out_of_date(base, TODAY)] == [
        f"IE: {key!r} has no number: give one that can be dialled"
    ]


def test_what_nobody_reviewed_stands_against_a_release_unless_that_is_accepted(kb: BuildKB) -> None:
    base = kb("a: {title: A?, phrasings: [first]}\n", answers="a: {short: Yes., text: Yes., reviewed: null}\n")
    read = base.entries["a"]._replace(reviewed=Review("2026-01-01", "nurse", "2027-01-01"))
    late = read._replace(reviewed=Review("2024-01-01", "nurse", "2025-01-01"))

    for entry, expected in ((base.entries["a"], "is unreviewed"), (late, "read again by 2025-01-01"), (read, "")):
        found = [p.message for p in unreviewed(replace(base, entries={"a": entry}, safety=None), TODAY)]
        assert [expected in message for message in found] == [True] * bool(expected)


def said(base: KnowledgeBase, **lines: Any) -> list[str]:
    """What stands against a release where the reply to an emergency has other lines."""
    assert base.safety
    reply = base.safety.replies["overdose_emergency"]._replace(**lines)
    replies = {**base.safety.replies, "overdose_emergency": reply}
    found = list(replies_out_of_rule(replace(base, safety=replace(base.safety, replies=replies))))
    assert all(problem.path.name == "alarms.yaml" and problem.line for problem in found)
    return [problem.message for problem in found]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({"first": "Call 999 now."}, "'999' is no number of answers/regions.yaml: write {emergency} or the like"),
        ({"first_third": "Call 555 1234."}, "'555 1234' is no number"),
        ({"full": ("Take 50 more.",)}, "'50' is no number"),
        ({"short": ("Take some mg.",)}, "'mg' must not be said to somebody in danger"),
        ({"more": ("It is safe to wait.",)}, "'safe to' must not be said"),
        ({"crisis": "Call now!"}, "'!' must not be said"),
        ({"unwell": "Call {emergancy}."}, "nothing stands for {emergancy}: use {emergency}, {crisis}"),
        ({"full": ("One.\nTwo.",)}, "'One.' goes on for several lines: list each by itself"),
    ],
    ids=str,
)
def test_a_reply_of_safety_that_breaks_a_rule_stands_against_a_release(
    kb: BuildKB, lines: dict[str, object], message: str
) -> None:
    found = said(kb("a: {title: A?, phrasings: [first]}\n"), **lines)

    assert len(found) == 1
    assert found[0].startswith("'overdose_emergency': ")
    assert message in found[0]


def test_the_single_lines_of_safety_keep_the_rules_too(kb: BuildKB) -> None:
    base = kb("a: {title: A?, phrasings: [first]}\n")
    assert base.safety
    voice = {**base.safety.voice, "fallback": "Call {emergency}.\nOr 112."}
    base = replace(
        base, safety=replace(base.safety, voice=voice), voice={**base.voice, "crisis_line": "It will be fine."}
    )

    assert [(p.path.name, p.message.partition(":")[0]) for p in replies_out_of_rule(base)] == [
        ("alarms.yaml", "'fallback'"),
        ("bot.yaml", "'crisis_line'"),
    ]


def test_the_replies_that_ship_keep_the_rules() -> None:
    assert list(replies_out_of_rule(load())) == []


def test_a_number_without_a_source_stands_against_a_release(kb: BuildKB) -> None:
    base = kb("a: {title: A?, phrasings: [first]}\n")
    assert base.safety
    region = base.safety.regions["UK"]
    bare = region._replace(services={**region.services, "crisis": region.services["crisis"]._replace(source="")})
    base = replace(base, safety=replace(base.safety, regions={"UK": bare}))

    assert [p.message for p in numbers_without_source(base)] == [
        "UK: 'crisis' has no source: name the page of the number"
    ]


def test_alarms_that_are_off_stand_against_a_release(kb: BuildKB) -> None:
    base = replace(kb("a: {title: A?, phrasings: [first]}\n"), safety=None)

    assert [(str(p.path), p.message) for p in release_problems(base, TODAY, unreviewed_ok=True)] == [
        ("intents/alarms.yaml", "alarms are off: people in danger get no numbers; take 'alarms: off' out")
    ]


def test_a_base_in_order_may_be_released(kb: BuildKB) -> None:
    base = kb("a: {title: A?, phrasings: [first]}\n")
    assert base.safety
    regions = {name: base.safety.regions[name] for name in ("UK", "US")}
    base = replace(base, safety=replace(base.safety, regions=regions))

    assert list(release_problems(base, TODAY, unreviewed_ok=True)) == []
