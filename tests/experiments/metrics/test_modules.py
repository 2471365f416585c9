"""The scores as `evaluate` metrics, loaded from their files in a process that may not use the network."""

import json
import os
import subprocess
import sys

import pytest

from experiments.metrics.modules import NAMES, path_of

CODE = """
import json, socket
def refuse(*arguments, **more): raise OSError("no network in this test")
socket.socket.connect = socket.getaddrinfo = refuse
import evaluate
from experiments.metrics.modules import NAMES, path_of, load as combined
load = {name: evaluate.load(path_of(name)) for name in NAMES}
same = {"predictions": ["the cat sat on a mat", "x"], "references": [["the cat sat on a mat"], ["y", "x"]]}
found = {name: load[name].compute(**same) for name in ("bleu", "rouge", "meteor_exact_stem", "squad")}
found["combined"] = combined("bleu", "rouge", "meteor_exact_stem").compute(**same)
found["classification"] = load["classification"].compute(predictions=[0, 1, 1, 2], references=[0, 1, 0, 0])
print(json.dumps({"found": found, "names": list(load)}))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    home = tmp_path_factory.mktemp("huggingface")
    environment = {**os.environ, "HF_HOME": str(home), "HF_EVALUATE_OFFLINE": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_all_load_without_a_network(found):
    assert found["names"] == list(NAMES)


def test_they_give_the_scores_of_the_plain_functions(found):
    scores = found["found"]
    assert scores["bleu"]["bleu"] == pytest.approx(100)
    assert scores["bleu"]["signature"].startswith("nrefs:var|")
    assert scores["rouge"]["rougeL"] == pytest.approx(1)
    assert scores["meteor_exact_stem"]["meteor_exact_stem"] == pytest.approx(1 - 0.25 * (1 / 6) ** 3 - 0.25)
    assert (scores["squad"]["exact"], scores["squad"]["always_abstain_exact"]) == (100, 0)


def test_each_text_has_its_own_score(found):
    """Known answers: the first of the two is right word for word, the second by one of its two references."""
    squad, overlap = found["found"]["squad"]["segments"], found["found"]["combined"]
    assert (squad["exact"], squad["f1"], squad["abstained"]) == ([1, 1], [1, 1], [False, False])
    assert squad["abstaining_exact"] == [0, 0]
    assert overlap["rouge_segments"]["rougeL"] == pytest.approx([1, 1])
    assert overlap["meteor_exact_stem_segments"] == pytest.approx([1 - 0.5 * (1 / 6) ** 3, 0.5])
    assert overlap["bleu_segments"] == [[6, 6, 6, 5, 4, 3, 6, 5, 4, 3], [1, 1, 1, 0, 0, 0, 1, 0, 0, 0]]


def test_classification_states_its_averages(found):
    scores = found["found"]["classification"]
    assert scores["accuracy"] == 0.5
    assert scores["confusion"] == [[1, 1, 1], [0, 1, 0], [0, 0, 0]]
    assert scores["f1"] == pytest.approx([0.5, 2 / 3, 0])
    assert scores["macro_f1"] == pytest.approx((0.5 + 2 / 3) / 3)


def test_an_unknown_name_lists_the_known():
    with pytest.raises(ValueError, match="there is no metric blue; known: classification, squad, bleu"):
        path_of("blue")
