"""`experiments count` and `experiments explain` as a user calls them."""

import json
import subprocess
import sys

import pytest


def test_count_shows_the_four_columns(experiments):
    shown = experiments(
        "count", "phi-2", "--head", "classification", "--labels", "3", "--lora", "r=16", "--quantization", "nf4"
    )
    assert shown.code == 0
    total = next(line.split() for line in shown.out.splitlines() if line.startswith("total"))
    assert total == ["total", "2,648,568,320", "18,357,760", "18,357,760", "1,408,634,880"]
    assert "PEFT keeps score twice" in shown.out


def test_count_as_json(experiments):
    shown = json.loads(experiments("count", "llama-3.2-1b", "--lora", "r=8,targets=q_proj,v_proj", "--json").out)
    assert shown["total"]["logical_base"] == 1_235_814_400
    assert shown["lora"] == {"rank": 8, "targets": "q_proj,v_proj"}
    assert {*shown["components"]} == {"embedding", "attention", "mlp", "norms", "head"}
    assert shown["source"].startswith("https://")


def test_count_a_checkpoint(experiments, shared_model):
    shown = experiments("count", "stories260k", "--checkpoint", str(shared_model("stories260K")), "--json")
    assert json.loads(shown.out)["total"]["stored"] == 260_032


def test_count_a_folder(experiments, shared_model):
    assert "936,448" in experiments("count", str(shared_model("babyllama105"))).out


def test_explain_tells_the_story_of_the_second_report(experiments):
    shown = experiments("explain", "phi-2", "--total", "1408634880", "--trainable", "18,350,080", "--labels", "3")
    assert shown.code == 0
    first = shown.out.split("2. ")[0]
    assert "2,648,568,320" in first
    assert "- 1,258,291,200" in first
    assert "LoRA r=16 on PEFT's default targets q_proj, v_proj, fc1, fc2" in first
    assert "as many elements: k_proj, dense, fc1, fc2" in first


def test_explain_as_json_says_how_many_there_are(experiments):
    shown = json.loads(experiments("explain", "llama-3.2-1b", "--total", "1.24B", "--json").out)
    assert shown["found"] > shown["shown"] == len(shown["explanations"]) == 1000
    assert shown["reported"]["total"] == {"text": "1.24B", "low": 1_235_000_000, "high": 1_245_000_000}


def test_explain_says_so_when_nothing_fits(experiments):
    shown = experiments("explain", "llama-2-7b", "--total", "6738415617")
    assert shown.code == 1
    assert "no way found" in shown.out
    assert "DoRA" in shown.out
    assert "rank 1 to 1024" in shown.out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["count", "nothing"], "unknown model 'nothing'; there are babyllama105"),
        (["count", "phi-2", "--head", "qa"], "heads: none, causal, classification"),
        (["count", "llama-3.2-1b", "--lora", "r=0"], "positive"),
        (["count", "llama-3.2-1b", "--lora", "r=8,targets=w"], "there are embed_tokens, q_proj"),
        (["count", "phi-2", "--head", "classification", "--labels", "0"], "0 labels"),
        (["count", "--checkpoint", "nowhere"], "no such file or folder"),
        (["explain", "phi-2", "--total", "many"], "cannot read 'many'"),
        (["explain", "phi-2", "--total", "1.4B", "--rank", "0"], "rank"),
    ],
)
def test_what_the_user_can_mend_is_one_line(experiments, arguments, complaint):
    failed = experiments(*arguments)
    assert failed.code == 1
    assert failed.out == ""
    assert failed.err.startswith("error: ")
    assert failed.err.count("\n") == 1
    assert complaint in failed.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["count"],
        ["count", "phi-2", "--head", "regression"],
        ["count", "phi-2", "--labels", "three"],
        ["count", "phi-2", "--lora", "16"],
        ["count", "phi-2", "--quantization", "int4"],
        ["count", "--checkpoint", ".", "--head", "causal"],
        ["explain"],
        ["explain", "phi-2"],
    ],
)
def test_wrong_usage_exits_with_2(experiments, arguments):
    failed = experiments(*arguments)
    assert failed.code == 2
    assert failed.out == ""


def test_counting_imports_nothing_heavy():
    heavy = ["torch", "transformers", "peft", "numpy", "pandas", "matplotlib"]
    program = (
        "import sys; from experiments.cli import main\n"
        "try: main()\n"
        f"finally: print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, "count", "phi-2"], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
