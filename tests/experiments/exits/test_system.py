"""The whole study in its smoke profile: its tables agree with the answers, the data and each other."""

import itertools
import subprocess
import sys
from importlib.metadata import version

import pytest
from sacrebleu.metrics import BLEU

from experiments.data.load import load_split
from experiments.data.overlap import normalise
from experiments.exits import shapes
from experiments.exits.instructions import choose
from experiments.exits.prompts import Reader
from experiments.exits.running import open_reader
from experiments.exits.system import TABLES
from experiments.freezing import run_study
from experiments.statistics.corrections import holm
from experiments.study_files import load_study
from experiments.system import Choice
from experiments.tables.canonical import decode, encode
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_table

from .conftest import STUDY

NAME, DEPTHS, SEEDS = "smoke-decoder", (1, 2, 4), ("seed-0", "seed-1")
KEY = ("stage", "run", "depth", "id")
GROUPS = [("base", "all"), *(("fine-tuned", run) for run in (*SEEDS, "all"))]


@pytest.fixture(scope="module")
def study():
    return load_study(STUDY, PACKAGE_ROOT / "experiments" / "studies")


@pytest.fixture(scope="module")
def smoke(smoke_tables) -> dict:
    """The rows of every table, by its name."""
    return {name: read_table(f"{STUDY}/{name}", smoke_tables).rows for name in TABLES.by_name}


@pytest.fixture(scope="module")
def examples() -> dict:
    return {example.id: example for example in load_split("smoke-instructions", "all").examples}


@pytest.fixture(scope="module")
def reader(study) -> Reader:
    return open_reader(study.at("smoke").chosen.models[0], "cpu")


def said(smoke, stage: str, run: str, depth: int) -> list[dict]:
    return [row for row in smoke["answers"] if (row["stage"], row["run"], row["depth"]) == (stage, run, depth)]


def scores(smoke, quantity: str) -> dict:
    return {(row["stage"], row["run"], row["depth"]): row for row in smoke["scores"] if row["quantity"] == quantity}


def test_every_exit_of_every_model_is_there(smoke):
    found = {(row["stage"], row["run"], row["depth"]) for row in smoke["answers"]}
    assert found == {(*group, depth) for group in GROUPS[:-1] for depth in DEPTHS}  # all but the pooled one
    for quantity in {row["quantity"] for row in smoke["scores"]}:
        assert set(scores(smoke, quantity)) == {(*group, depth) for group in GROUPS for depth in DEPTHS}
    assert all(row["n"] == 6 and row["low"] <= row["value"] + 1e-4 for row in smoke["scores"])


def test_what_is_scored_is_what_was_said(smoke, examples):
    """Worked out anew from the frozen answers: had the prompt been scored, BLEU would be that of `with_prompt`."""
    found = scores(smoke, "bleu")
    for group, depth in itertools.product(GROUPS[:-1], DEPTHS):
        rows = said(smoke, *group, depth)
        references = [examples[row["id"]].output for row in rows]
        expected = BLEU(force=True).corpus_score([row["text"] for row in rows], [references]).score
        assert found[(*group, depth)]["value"] == pytest.approx(expected, abs=1e-3)
        assert found[(*group, depth)]["with_prompt"] > expected
    for quantity in ("rouge_l", "bertscore_precision", "bertscore_recall", "bertscore_f1"):
        for group, depth in itertools.product(GROUPS[:-1], DEPTHS):
            rows = said(smoke, *group, depth)
            mean = sum(row[quantity] for row in rows) / len(rows)
            assert scores(smoke, quantity)[(*group, depth)]["value"] == pytest.approx(mean, abs=1e-3)


def test_no_answer_begins_with_its_prompt(smoke, examples, reader):
    asked = {each.name: each.text for each in reader.ask(list(examples.values()))}
    assert not any(row["text"].startswith(asked[row["id"]]) for row in smoke["answers"])


def test_full_depth_says_what_the_library_generates(smoke, examples, reader):
    import torch
    from transformers import GenerationConfig

    rows = said(smoke, "base", "all", 4)
    config = GenerationConfig(
        do_sample=False, max_new_tokens=reader.exits.max_new_tokens, eos_token_id=sorted(reader.stops), pad_token_id=0
    )
    for row, asked in zip(rows, reader.ask([examples[row["id"]] for row in rows]), strict=True):
        ids = torch.tensor([asked.ids])
        made = reader.loaded.model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=config)
        new = made[0, len(asked.ids) :].tolist()
        assert row["text"] == reader.loaded.tokenizer.decode(new, skip_special_tokens=True).strip()
        assert row["stop"] == ("end" if new[-1] in reader.stops else "limit")
        assert row["tokens"] == len(new) - (new[-1] in reader.stops)


def test_silence_scores_nothing_unless_the_prompt_is_scored(smoke):
    baselines = {(row["answer"], row["quantity"]): row for row in smoke["baselines"]}
    for (answer, _), row in baselines.items():
        assert row["with_prompt"] > row["new_tokens_only"]
        assert row["new_tokens_only"] == 0 or answer == "prompt-echo"
    assert baselines["empty", "bleu"]["with_prompt"] > 50
    for row in smoke["scores"]:
        assert row["empty_baseline"] == 0
        assert row["echo_baseline"] == baselines["prompt-echo", row["quantity"]]["new_tokens_only"]
        assert row["with_prompt_empty_baseline"] == baselines["empty", row["quantity"]]["with_prompt"]


def test_scores_and_baselines_say_how_they_were_worked_out(smoke):
    encoder = f"smoke-encoder, layer 2, bert-score {version('bert-score')}, no idf, no baseline"
    for row in (*smoke["scores"], *smoke["baselines"]):
        kind = row["quantity"].partition("_")[0]
        if kind == "bleu":
            assert row["signature"].startswith("nrefs:1|")
        else:
            assert row["signature"] == {"bertscore": encoder, "rouge": None}[kind]


def test_statistics_are_those_of_every_answer_and_both_baselines(smoke, examples, reader):
    rows = smoke["statistics"]
    prompts = {each.name: each.text for each in reader.ask(list(examples.values()))}
    texts = {("exit", *(row[name] for name in KEY)): row["text"] for row in smoke["answers"]}
    for example_id in {row["id"] for row in smoke["answers"]}:
        texts |= {
            ("empty", "none", "none", 0, example_id): "",
            ("prompt-echo", "none", "none", 0, example_id): prompts[example_id],
        }
    assert {(row["answer"], *(row[name] for name in KEY)) for row in rows} == set(texts)
    for row in rows:
        text = texts[row["answer"], *(row[name] for name in KEY)]
        reference = examples[row["id"]].output
        if row["scored"] == "with-prompt":
            text, reference = (f"{prompts[row['id']]} {each}".strip() for each in (text, reference))
        expected = BLEU(force=True).corpus_score([text], [[reference]])
        assert [row["output_length"], row["reference_length"]] == [expected.sys_len, expected.ref_len]
        assert [row[f"matches_{order}"] for order in (1, 2, 3, 4)] == expected.counts
        assert [row[f"ngrams_{order}"] for order in (1, 2, 3, 4)] == expected.totals


def test_derived_tables_need_no_model_and_no_metric_library(smoke_tables):
    """They are made again in a process in which nothing else can be imported."""
    code = (
        "import sys\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('torch', 'transformers', 'evaluate', 'datasets', 'rouge_score', 'bert_score'):\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "from pathlib import Path\n"
        "from experiments.exits.system import tables\n"
        "from experiments.study_files import load_study\n"
        "from experiments.tables.canonical import encode\n"
        "from experiments.tables.locations import PACKAGE_ROOT\n"
        "from experiments.tables.read import read_table\n"
        f"root, study = Path({str(smoke_tables)!r}), load_study({STUDY!r}, PACKAGE_ROOT / 'experiments' / 'studies')\n"
        f"read = lambda name: read_table(f'{STUDY}/{{name}}', root)\n"
        "for spec in tables(study.at('smoke')):\n"
        "    if spec.made == 'derived':\n"
        "        made = encode(spec.columns, spec.key, spec.derive(read), spec.name)\n"
        "        assert made == encode(spec.columns, spec.key, read(spec.name).rows, spec.name), spec.name\n"
        "        print(spec.name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["scores", "baselines", "tests"], done.stderr


def test_several_seeds_are_pooled(smoke):
    for quantity in ("bleu", "rouge_l", "bertscore_f1"):
        found = scores(smoke, quantity)
        for depth in DEPTHS:
            each = [found["fine-tuned", run, depth] for run in SEEDS]
            pooled = found["fine-tuned", "all", depth]
            for column in ("value", "with_prompt", "empty_share", "repeated_share", "unfinished_share"):
                assert pooled[column] == pytest.approx(sum(row[column] for row in each) / 2, abs=1e-3)
            assert (pooled["seeds"], each[0]["seeds"], found["base", "all", depth]["seeds"]) == (2, 1, 0)


def test_shares_count_the_answers(smoke):
    found = scores(smoke, "bleu")
    for group, depth in itertools.product(GROUPS[:-1], DEPTHS):
        rows = said(smoke, *group, depth)
        assert found[(*group, depth)]["empty_share"] == pytest.approx(sum(row["empty"] for row in rows) / 6, abs=1e-6)
        assert found[(*group, depth)]["repeated_share"] == pytest.approx(sum(r["repeated"] for r in rows) / 6, abs=1e-6)
    assert any(row["repeated"] for row in smoke["answers"])


def test_no_text_is_trained_and_tested_on(smoke, study, examples):
    parts = choose(study.at("smoke").chosen)
    texts = [{normalise(f"{one.instruction}\n{one.input}") for one in part} for part in parts.named().values()]
    assert not any(one & other for one, other in itertools.combinations(texts, 2))
    assert [row["id"] for row in said(smoke, "base", "all", 1)] == [example.id for example in parts.test]
    assert [row["n"] for row in smoke["splits"]] == [len(part) for part in parts.named().values()]


def test_tests_compare_the_scores_of_the_table(smoke):
    found = {quantity: scores(smoke, quantity) for quantity in ("bleu", "rouge_l", "bertscore_f1")}
    for row in smoke["tests"]:
        before_run = "all" if row["before_stage"] == "base" else row["run"]
        table = found[row["quantity"]]
        before = table[row["before_stage"], before_run, row["before_depth"]]["value"]
        after = table[row["after_stage"], row["run"], row["after_depth"]]["value"]
        assert row["difference"] == pytest.approx(after - before, abs=1e-3)
    families: dict[tuple, list] = {}
    for row in smoke["tests"]:
        names = ("comparison", "run", "before_stage", "after_stage", "quantity")
        families.setdefault(tuple(row[name] for name in names), []).append(row)
    for (comparison, *_), rows in families.items():
        assert len(rows) == {"fine-tuning": 3, "deeper": 2, "deepest": 1}[comparison]
        assert [row["p_holm"] for row in rows] == pytest.approx(holm([row["p_value"] for row in rows]))
    kinds = {(row["comparison"], row["after_stage"], row["run"]) for row in smoke["tests"]}
    assert ("fine-tuning", "fine-tuned", "all") in kinds
    assert ("deeper", "base", "all") in kinds


def test_at_full_depth_the_produced_token_is_the_likeliest(smoke):
    produced = [row for row in smoke["probabilities"] if row["sequence"] == "produced" and row["depth"] == 4]
    assert produced
    assert all(row["rank"] == 1 and row["token"] == row["likeliest"] for row in produced)
    assert all(row["probability"] == row["likeliest_probability"] for row in produced)
    assert any(row["rank"] > 1 for row in smoke["probabilities"])
    assert {row["run"] for row in smoke["probabilities"]} == {"all", "seed-0"}
    assert {row["prompt"] for row in smoke["probabilities"]} == {row["prompt"] for row in smoke["prompts"]}


def test_references_are_followed_token_by_token(smoke, reader):
    for asked in reader.ask(reader.exits.shown):
        rows = [
            row
            for row in smoke["probabilities"]
            if (row["stage"], row["sequence"], row["prompt"], row["depth"]) == ("base", "reference", asked.name, 1)
        ]
        assert [row["token"] for row in rows] == [reader.token_text(token) for token in asked.reference[:4]]
        assert [row["position"] for row in rows] == [1, 2, 3, 4][: len(rows)]


def test_costs_and_curves(smoke):
    assert {(row["run"], row["stage"]) for row in smoke["cost"]} == {
        ("all", "base"),
        *((run, stage) for run in SEEDS for stage in ("training", "fine-tuned")),
    }
    assert all(row["exits"] == (None if row["stage"] == "training" else 3) for row in smoke["cost"])
    assert all(row["tokens"] > 0 and row["cpu_seconds"] > 0 for row in smoke["cost"])
    for run in SEEDS:
        points = [row for row in smoke["curves"] if row["run"] == run]
        assert sum(row["best"] for row in points) == 1
        assert min(points, key=lambda row: row["validation_loss"])["best"]


def test_a_run_that_goes_on_with_its_second_seed_alone_follows_the_shown_prompts(study, tmp_path, monkeypatch):
    """What was kept of that seed was found when another one was the first."""
    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "runs"))

    def run(seeds, progress):
        return run_study(study, tmp_path / "frozen", progress, Choice("smoke", seeds))

    def stopping(items, what, total=None):
        if "BERTScore" in what:
            raise KeyboardInterrupt
        return iter(items)

    with pytest.raises(KeyboardInterrupt):
        run((0, 1), stopping)
    run((1,), lambda items, what, total=None: iter(items))
    rows = read_table(f"{STUDY}/probabilities", tmp_path / "frozen").rows
    assert {(row["stage"], row["run"]) for row in rows} == {("base", "all"), ("fine-tuned", "seed-1")}


@pytest.mark.parametrize(
    "text", ["\x00\x1b[31m", "\r", 'a "b", \n', "\ufffd\ufeff\u2028", "<script>|`$x$`", "'; --", "𝔘\u0301", ""]
)
def test_whatever_is_generated_can_be_frozen(text):
    row = {
        "model": NAME,
        "stage": "base",
        "run": "all",
        "depth": 1,
        "id": "all-1",
        "text": text,
        "tokens": 0,
        "stop": "end",
        "empty": True,
        "repeated": False,
        "rouge_l": 0.0,
        "bertscore_precision": 0.0,
        "bertscore_recall": 0.0,
        "bertscore_f1": 0.0,
    }
    frozen = encode(shapes.ANSWERS, shapes.ANSWERS_KEY, [row], "answers")
    assert decode(frozen, shapes.ANSWERS, shapes.ANSWERS_KEY, "answers") == [row]


def test_every_token_of_the_real_models_can_be_frozen(shared_models):
    """Bytes that are no text, alone and in a row, included."""
    from experiments.models.load import load_for

    for name in ("stories260k", "babyllama105"):
        tokenizer = load_for("causal", name).tokenizer
        alone = range(len(tokenizer))
        for text in tokenizer.batch_decode([*([token] for token in alone), *map(list, itertools.pairwise(alone))]):
            text.encode()  # no lone surrogate
