from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import cast

import pytest

from bot.check import load
from bot.knowledge.regions import Region
from bot.knowledge.rules import CATEGORIES, MOST_LINES, Safety
from bot.safety import Alarm, Length, fallback, numbers_line, reply_lines, resources

SAFETY = cast(Safety, load(Path(__file__).parents[1]).safety)
FORBIDDEN = re.compile(
    r"safe to|you have|committed|as an ai|call a helpline|will be fine|\d\s*(?:mg|ml|g|mcg|drops)\b|!|god|guilt|survey"
    r"|on its way",
    re.IGNORECASE,
)
FIRST = {
    "overdose_emergency": "Call {emergency} now.",
    "suicide_crisis": "I'm really sorry you're going through this. You can talk to someone now: {crisis}.",
    "acquisition": "I can't help with getting or making ketamine or other drugs.",
    "dosing": "I can't give doses or say how to take it.",
    "mixing": "I can't tell you whether that combination is safe for you.",
    "personal_medical_advice": "That needs someone who knows your health, so I can't advise on it.",
}
EVERY = list(product(CATEGORIES, SAFETY.regions, Length, (False, True), (False, True), (False, True)))


def lines(category: str, region: str, length: Length, third: bool, crisis: bool, unwell: bool) -> tuple[str, ...]:
    alarm = Alarm(category, ("x",), third_person=third, also_crisis=crisis, also_unwell=unwell)
    return reply_lines(alarm, SAFETY, SAFETY.regions[region], length)


def configured(region: Region) -> str:
    return " ".join(service.say for service in (*region.services.values(), *region.more))


@pytest.mark.parametrize(("category", "region", "length", "third", "crisis", "unwell"), EVERY)
def test_a_reply_keeps_the_rules(
    category: str, region: str, length: Length, third: bool, crisis: bool, unwell: bool
) -> None:
    said = lines(category, region, length, third, crisis, unwell)
    text = "\n".join(said)

    assert 1 <= len(said) <= MOST_LINES
    assert "{" not in text
    assert not FORBIDDEN.search(text), FORBIDDEN.search(text)
    for digits in re.findall(r"\d+", text):
        assert digits in re.findall(r"\d+", configured(SAFETY.regions[region]))


@pytest.mark.parametrize(("category", "region"), list(product(CATEGORIES, SAFETY.regions)))
def test_the_first_line_is_the_standards(category: str, region: str) -> None:
    services = SAFETY.regions[region].services
    wanted = (
        FIRST[category].replace("{emergency}", services["emergency"].say).replace("{crisis}", services["crisis"].say)
    )

    assert lines(category, region, Length.FULL, False, False, False)[0] == wanted


@pytest.mark.parametrize("region", SAFETY.regions)
def test_an_emergency_about_somebody_else_says_so(region: str) -> None:
    number = SAFETY.regions[region].services["emergency"].say

    assert lines("overdose_emergency", region, Length.FULL, True, False, False)[0] == f"Call {number} now for them."


def test_emergency_comes_before_crisis_where_both_are_meant() -> None:
    said = lines("overdose_emergency", "US", Length.FULL, False, True, False)

    assert "911" in said[0]
    assert "988" in said[1]


def test_a_repeat_is_shorter_and_starts_with_the_number() -> None:
    full = lines("suicide_crisis", "UK", Length.FULL, False, False, False)
    short = lines("suicide_crisis", "UK", Length.SHORT, False, False, False)

    assert len(short) < len(full)
    assert "116 123" in short[0]


def test_more_after_two_alarms_keeps_the_crisis_line_and_whom_it_is_about() -> None:
    writer = lines("overdose_emergency", "US", Length.MORE, False, True, False)
    other = lines("overdose_emergency", "US", Length.MORE, True, True, False)

    assert ("911" in writer[0], "988" in writer[1]) == (True, True)
    assert (other[0], "988" in other[1]) == ("Call 911 now for them.", True)


def test_the_second_repeat_names_another_step_and_a_person() -> None:
    short = lines("dosing", "US", Length.SHORT, False, False, False)
    person = lines("dosing", "US", Length.PERSON, False, False, False)

    assert person[0] == short[0] == FIRST["dosing"]
    assert person[1] not in short
    assert 'say "person"' in person[-1]


def test_every_region_has_an_emergency_and_a_crisis_number() -> None:
    for region in SAFETY.regions.values():
        for kind in ("emergency", "crisis"):
            assert region.services[kind].number
            assert region.services[kind].checked_on


def test_resources_hold_only_what_can_be_dialled_or_opened() -> None:
    found = resources(SAFETY.regions["IN"])

    assert [r["number"] for r in found] == ["112", "14416"]


def test_the_fallback_is_text_with_numbers_before_anything_can_fail() -> None:
    said = fallback(SAFETY, "US")

    assert "911" in said
    assert "988" in said
    assert fallback(SAFETY, "nowhere") == fallback(SAFETY, "unknown")


def test_the_line_of_numbers_names_both() -> None:
    said = numbers_line(SAFETY, SAFETY.regions["NZ"])

    assert "111" in said
    assert "1737" in said


def test_an_unknown_region_answers_with_the_unknown_one() -> None:
    assert SAFETY.region("XX").id == "unknown"


def test_a_line_of_a_reply_comes_from_the_file() -> None:
    short = SAFETY.replies["dosing"]._replace(full=("One.",))
    changed = replace(SAFETY, replies={**SAFETY.replies, "dosing": short})

    assert reply_lines(Alarm("dosing", ()), changed, SAFETY.regions["US"])[1:] == ("One.",)
