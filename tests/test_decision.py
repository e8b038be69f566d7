from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.decision import CHOICES, Answer, Asked, Declined, Weighed, decide
from bot.gates import Finding
from bot.knowledge.limits import Limits
from bot.matching import Match

LIMITS = Limits(answer=0.8, ask=0.4, lead=0.1, beside=0.8)
DOUBT = Finding("polarity", refuses=False)
REFUSAL = Finding("other_subject", refuses=True)


def weighed(intent: str, confidence: float, lead: float = 1.0, *findings: Finding) -> Weighed:
    return Weighed(Match(intent, 50.0, intent), confidence, lead, findings)


@st.composite
def candidates(draw: st.DrawFn) -> list[Weighed]:
    """Some candidates, best first, with what gates found against them."""
    sure = sorted(draw(st.lists(st.floats(0, 1.5), max_size=6)), reverse=True)
    found = st.lists(st.sampled_from([DOUBT, REFUSAL]), max_size=2)
    return [weighed(f"i{at}", one, draw(st.floats(0, 1)), *draw(found)) for at, one in enumerate(sure)]


def test_the_best_is_answered_where_it_is_sure_and_ahead() -> None:
    assert decide([weighed("a", 0.8, 0.1), weighed("b", 0.7)], LIMITS) == Answer(Match("a", 50.0, "a"))


def test_where_two_are_close_together_the_person_is_asked() -> None:
    assert decide([weighed("a", 0.9, 0.05), weighed("b", 0.85)], LIMITS) == Asked(("a", "b"))


def test_where_none_is_sure_the_person_is_asked() -> None:
    assert decide([weighed("a", 0.7), weighed("b", 0.5)], LIMITS) == Asked(("a", "b"))


def test_what_comes_too_short_is_not_offered() -> None:
    assert decide([weighed("a", 0.7), weighed("b", 0.3)], LIMITS) == Asked(("a",))


def test_a_doubted_candidate_is_asked_about_at_most() -> None:
    assert decide([weighed("a", 1.4, 1.0, DOUBT)], LIMITS) == Asked(("a",))


def test_a_sure_one_behind_a_doubted_one_is_asked_about_too() -> None:
    assert decide([weighed("a", 1.4, 1.0, DOUBT), weighed("b", 0.9)], LIMITS) == Asked(("a", "b"))


def test_a_refused_candidate_is_neither_answered_nor_offered() -> None:
    assert decide([weighed("a", 1.4, 1.0, REFUSAL), weighed("b", 0.5)], LIMITS) == Asked(("b",))


def test_a_refused_candidate_makes_way_for_the_next() -> None:
    assert decide([weighed("a", 1.0, 1.0, DOUBT, REFUSAL), weighed("b", 0.9)], LIMITS) == Answer(Match("b", 50.0, "b"))


def test_one_far_behind_a_refused_candidate_is_asked_about_at_most() -> None:
    assert decide([weighed("a", 1.4, 1.0, REFUSAL), weighed("b", 0.9)], LIMITS) == Asked(("b",))


def test_where_all_are_refused_those_that_came_close_are_named_as_near() -> None:
    refused = [weighed("a", 1.4, 1.0, REFUSAL), weighed("b", 0.5, 1.0, REFUSAL)]

    assert decide(refused, LIMITS) == Declined(near=("a",))


def test_where_nothing_comes_close_the_bot_declines() -> None:
    assert decide([weighed("a", 0.3), weighed("b", 0.1)], LIMITS) == Declined()
    assert decide([], LIMITS) == Declined()


def test_few_are_offered() -> None:
    many = [weighed(f"i{at}", 0.7, 0.0) for at in range(CHOICES + 4)]
    refused = [weighed(f"i{at}", 0.9, 0.0, REFUSAL) for at in range(CHOICES + 4)]

    assert decide(many, LIMITS) == Asked(tuple(f"i{at}" for at in range(CHOICES)))
    assert decide(refused, LIMITS) == Declined(near=tuple(f"i{at}" for at in range(CHOICES)))


@given(candidates())
def test_a_gate_never_turns_a_decline_into_anything_more(found: list[Weighed]) -> None:
    ungated = decide([one._replace(findings=()) for one in found], LIMITS)

    if isinstance(ungated, Declined):
        assert isinstance(decide(found, LIMITS), Declined)


@given(candidates())
def test_what_is_answered_has_nothing_against_it_and_what_is_offered_no_refusal(found: list[Weighed]) -> None:
    by_intent = {one.match.intent: one for one in found}
    match decide(found, LIMITS):
        case Answer(match):
            assert by_intent[match.intent].findings == ()
        case Asked(choices):
            assert choices
            assert not any(by_intent[intent].refused for intent in choices)
        case Declined(near=near):
            assert all(by_intent[intent].refused for intent in near)


@given(candidates(), st.floats(0, 1.5), st.floats(0, 1.5))
def test_a_higher_limit_never_answers_more(found: list[Weighed], one: float, other: float) -> None:
    low, high = sorted((one, other))

    if isinstance(decide(found, LIMITS._replace(answer=high)), Answer):
        assert isinstance(decide(found, LIMITS._replace(answer=low)), Answer)
