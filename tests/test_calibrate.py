"""Limits of an owner's own: how they are derived, kept in a file, and read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calibrate import Trial, best_answer, derived, held_out, near_misses, tally, tasks, trials
from bot.cli import main
from bot.cli.calibrate import unproven
from bot.engine import Bot
from bot.errors import SettingError
from bot.knowledge import KnowledgeBase
from bot.knowledge.limits import Calibration, Limits, hash_of, written
from bot.knowledge.read import read
from tests.conftest import HOURS, BuildContent

KB = KnowledgeBase.from_mapping({"hours": ["when do you open", "opening hours"], "parking": ["is parking free"]})
SURE, UNSURE = Trial(1.2, 0.5, right=True), Trial(0.5, 0.01, wrong=True)
TRIALS = st.lists(
    st.builds(Trial, st.floats(-1, 2), st.floats(0, 1), st.booleans(), st.just(False))
    | st.builds(Trial, st.floats(-1, 2), st.floats(0, 1), st.just(False), st.booleans()),
    min_size=1,
)


def test_the_limits_answer_all_they_can_within_the_budget() -> None:
    found = derived([[SURE] * 295, [UNSURE] * 5], KB, 0.01)

    assert 0.5 < found.limits.answer <= 1.2
    assert (found.n, found.wrong) == (295, 0)  # answers, not questions
    assert 0 < found.bound < 0.02


def test_a_wider_budget_answers_more() -> None:
    asked = [[SURE] * 60, [UNSURE] * 20, [UNSURE._replace(right=True, wrong=False)] * 20]

    assert derived(asked, KB, 0.1).limits.answer > 0.5
    assert derived(asked, KB, 0.5).limits.answer <= 0.5


@given(TRIALS, st.sampled_from([0.01, 0.1, 0.5]))
def test_the_budget_is_kept_or_the_limits_are_refused(asked: list[Trial], budget: float) -> None:
    try:
        found = derived([asked], KB, budget)
    except SettingError as error:
        assert "no limit keeps to" in str(error) or len(asked) < 3 / budget  # noqa: PT017 - either way is right
    else:
        assert tally(asked, found.limits).wrong == found.wrong <= budget * found.n


def test_what_is_not_answered_does_not_hide_what_is_answered_wrongly() -> None:
    asked = [[SURE] * 90, [Trial(1.2, 0.5, wrong=True)] * 3, [Trial(-1.0, 0.0)] * 900]

    with pytest.raises(SettingError, match=r"the least that can be had is 0\.0323"):
        derived(asked, KB, 0.01)


def test_a_near_miss_with_another_answer_is_wrong_too() -> None:
    kb = KnowledgeBase.from_mapping(
        {"start": ["start the machine now", "start the machine"], "stop": ["machine to halt", "stop the machine now"]}
    )
    found = list(near_misses(Bot(kb), "start"))

    assert best_answer(Bot(kb), "stop the machine")[0] == "stop"
    assert any(one.wrong for one in found)


def test_too_few_answers_to_show_that_the_budget_is_kept_are_a_warning() -> None:
    found = derived([[SURE] * 300], KB, 0.01)

    assert found.bound > found.budget
    assert "the true share may be 0.0122" in unproven(found)


@pytest.mark.parametrize("asked", [[], [SURE] * 299])
def test_too_few_questions_show_nothing_and_are_refused(asked: list[Trial]) -> None:
    with pytest.raises(SettingError, match=r"too few to show .* that takes 300"):
        derived([asked], KB, 0.01)


def test_every_phrasing_but_the_titles_is_held_out_once() -> None:
    held = [one for part in range(2) for one in held_out(KB, part, 2)]
    asked = [one for found in trials(KB) for one in found]

    assert len(held) == 1  # of the others each is a title
    assert len(asked) > 1  # near misses, too
    assert len(tasks(KB)) == 2 + len(KB.intents)


def test_a_bot_goes_by_the_limits_of_its_content(content: BuildContent) -> None:
    said = "\n".join(
        f"      - {text}"
        for text in (
            "what are your hours",
            "opening times",
            "how long are you there",
            "until when",
            "are you closed",
            "hours please",
        )
    )
    root = content({"intents/hours.yaml": HOURS["intents/hours.yaml"].replace("      - what are your hours", said)})
    assert main(["calibrate", "--content", str(root), "--budget", "0.5"]) == 0

    bot = Bot.load(root)

    assert bot.kb.warnings == ()
    assert bot.kb.calibration is not None
    assert bot.limits == bot.kb.calibration.limits


def test_what_was_derived_from_other_phrasings_is_a_warning_that_says_what_to_run(content: BuildContent) -> None:
    base, _ = read(content())
    mine = Calibration(Limits(0.9), 0.01, 100, 0, 0.03, hash_of(base.intents.values(), base.lexicon))
    fresh, _ = read(content({"intents/limits.yaml": written(mine)}))
    hours = HOURS["intents/hours.yaml"].replace("what are your hours", "opening times please")
    stale, problems = read(content({"intents/limits.yaml": written(mine), "intents/hours.yaml": hours}))

    assert (fresh.calibration, fresh.warnings) == (mine, ())
    assert problems == []
    assert stale.calibration == mine  # they still hold
    assert "run `faqbot calibrate` again" in stale.warnings[0]


def test_the_answers_have_no_say_in_the_hash(content: BuildContent) -> None:
    base, _ = read(content())
    other, _ = read(content({"answers/hours.yaml": HOURS["answers/hours.yaml"].replace("nine", "ten")}))

    assert hash_of(base.intents.values(), base.lexicon) == hash_of(other.intents.values(), other.lexicon)
    assert base.hash != other.hash


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("answer: much\nof: x\n", "'answer' must be a number from 0 to 9, not 'much'"),
        ("answer: -1\nof: x\n", "'answer' must be a number"),
        ("lead: nan\nof: x\n", "'lead' must be a number"),
        ("answer: 0.2\nask: 0.5\nof: x\n", "'ask' must not be above 'answer'"),
        ("wrong: 50\nn: 10\nof: x\n", "'wrong' (50) must not be above 'n' (10)"),
        ("n: 1.5\nof: x\n", "'n' must be a whole number from 0, not '1.5'"),
        ("n: 9\nwrong: -1\nof: x\n", "'wrong' must be a whole number from 0, not '-1'"),
        ("answer: 0.9\n", "'of' is missing"),
        ("answers: 0.9\nof: x\n", "'answers' is not a key"),
        ("- 0.9\n", "a mapping"),
    ],
)
def test_a_malformed_file_is_refused_with_what_is_wrong(content: BuildContent, text: str, said: str) -> None:
    _, problems = read(content({"intents/limits.yaml": text}))

    assert any(said in problem.message and problem.path.name == "limits.yaml" for problem in problems)


@pytest.mark.parametrize("share", ["0", "-1", "0.9", "much", "nan"])
def test_a_budget_that_is_no_share_is_refused(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["calibrate", "--budget", share])

    assert "such as 0.01" in capsys.readouterr().err


def test_where_nothing_can_be_derived_nothing_is_written(
    content: BuildContent, capsys: pytest.CaptureFixture[str]
) -> None:
    root = content()

    assert main(["calibrate", "--content", str(root)]) == 2
    assert not (root / "intents" / "limits.yaml").exists()
    assert "too few" in capsys.readouterr().err
