from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from benchmarks import limits
from benchmarks.corpora import CorpusError, load, titled
from benchmarks.match import Asked, right_at_oos, run, wanted, wrong_at_coverage
from benchmarks.noise import misspelt
from bot.knowledge import KnowledgeBase
from bot.knowledge.limits import Limits
from bot.knowledge.suites import Question

CORPUS = {
    "intents": {
        "open_hours": ["when do you open", "opening hours"],
        "parking": ["where can i park", "is there parking"],
    },
    "test": [["what are the opening hours", "open_hours"], ["can i park there", "parking"]],
    "oos": ["sing a song", "tell me a joke"],
}


def written(path: Path, data: object) -> Path:
    path.write_bytes(gzip.compress(json.dumps(data).encode()))
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"intents": []}, "'intents' must be an object of ids"),
        ({"intents": {"parking": []}}, "'intents' must be an object of ids"),
        ({"test": [["only a question"]]}, r"'test' must be a list of pairs"),
        ({"test": [["what is new", "news"]]}, "'test' names intents that have no phrasings: news"),
        ({"oos": "nothing"}, "'oos' must be a list of questions"),
    ],
)
def test_a_corpus_of_another_shape_is_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        load(written(tmp_path / "some.json.gz", {**CORPUS, **change}))


def test_a_file_that_is_no_corpus_at_all_is_named(tmp_path: Path) -> None:
    plain, cut, other = tmp_path / "plain.json.gz", tmp_path / "cut.json.gz", tmp_path / "other.json.gz"
    plain.write_text("{}", encoding="utf-8")
    cut.write_bytes(gzip.compress(json.dumps(CORPUS).encode())[:-12])
    other.write_bytes(gzip.compress(b"\xff\xfe words"))
    for path in (plain, cut, other, written(tmp_path / "list.json.gz", []), tmp_path / "gone.json.gz"):
        with pytest.raises(CorpusError, match=path.name):
            load(path)


def test_a_draw_depends_on_its_seed_alone(tmp_path: Path) -> None:
    corpus = load(written(tmp_path / "some.json.gz", CORPUS))

    assert corpus.drawn(1, seed=4) == corpus.drawn(1, seed=4)
    assert {len(examples) for examples in corpus.drawn(1, seed=0).values()} == {1}
    assert corpus.drawn(None, seed=0) == corpus.drawn(None, seed=1) == CORPUS["intents"]
    assert titled({"open_hours": ["now"]}) == {"open_hours": ["open hours", "now"]}


def test_short_words_and_words_of_grammar_are_never_misspelt() -> None:
    assert misspelt("when will they open it") != "when will they open it"
    assert misspelt("when will they open it").split()[:3] == ["when", "will", "they"]
    assert misspelt("is it so") == "is it so"


def test_the_limit_keeps_out_of_scope_questions_from_an_answer() -> None:
    oos = [Asked(right=False, among=False, score=float(score), seconds=0) for score in range(20)]
    asked = [Asked(right=True, among=True, score=score, seconds=0) for score in (18.0, 18.5, 19.5, 3.0)]

    assert right_at_oos(asked, oos) == 0.5  # one of twenty, at 19, is answered; what is above 18 counts


def test_of_equal_scores_the_wrong_ones_count_first() -> None:
    asked = [Asked(right=right, among=right, score=50, seconds=0) for right in (True,) * 7 + (False,) * 3]

    assert wrong_at_coverage(asked) == pytest.approx(3 / 7)


def test_a_run_prints_a_table_with_a_row_for_each(tmp_path: Path) -> None:
    path = written(tmp_path / "some.json.gz", CORPUS)
    lines = list(run(load(path), wanted([str(path), "--k", "1", "--misspelt", "--titles", "--seeds", "0,1"])))

    assert lines[0].startswith("| some, 1 phrasings an intent, misspelt, ids as titles | top-1 %")
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["faqbot", "token_set_ratio", "WRatio"]
    assert {line.count("|") for line in lines} == {10}


def test_the_table_of_limits_has_the_limits_that_ship_among_their_neighbours() -> None:
    assert all(getattr(Limits(), name) in values for name, values in limits.NEIGHBOURS.items())


def test_a_limit_decides_what_is_answered_and_how_often_wrongly() -> None:
    kb = KnowledgeBase.from_mapping({"hours": ["when do you open"], "parking": ["where can i park"]})
    asked = [Question("when do you open", intents=("hours",)), Question("where can i park", intents=("nothing",))]

    lax, strict = (limits.row(kb, asked, ("answer", value)) for value in (0.8, 9.0))
    assert (lax.answered, lax.wrong, lax.right) == (2, 1, 1)
    assert (strict.answered, strict.asked_back) == (0, 2)
