"""Inputs that once went wrong: each script of a folder is run in a copy of the project, and comes out right.

COLOPHON_CASES_DIR names the folder; without it they are skipped. What is like them stands in the tests of the packages.
Most take seconds, those that train tiny models minutes.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import shared

ROOT = Path(__file__).parents[1]
CASES = Path(os.environ.get("COLOPHON_CASES_DIR", "nowhere"))

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="COLOPHON_CASES_DIR names no folder of cases")

EXPLAINED = r"\n1\. [^\n]*{}.*?exit 0\n"
RIGHT = {
    "01-packed-checkpoints": r"(got, \w+:\ntotal +1,824,000 +0 +513,280 +677,120\n){4}",
    "02-fp8-scales": r"got:\ntotal +1,168,128 +0 +512,768 +1,168,128\n",
    "04-components-other-families": r"(== .*?\nmlp +[1-9].*?\nnorms +[1-9].*?\ntotal[^\n]*\n(note[^\n]*\n)*){4}",
    "05-gemma3-tied-note": r"note: no language-model head is stored: it is tied to the embedding\n.* = True\n",
    "06-explain-no-way-found": "".join(
        f".*?{EXPLAINED.format(way)}"
        for way in ("49,954 instead of 32,000; LoRA r=8", "all linear layers", "trainable count halved", "DoRA r=16")
    ),
    "08-count-architectures": r"(/[^\n]*\(closed form\)\n.*?\ntotal +[1-9].*?){10}"
    r"/[^\n]*\(meta device\)\n.*?\ntotal +[1-9]",
    "09-adopt-invalid-answer": r"--invalid PARSE_FAIL counts it.*exit 1\n.*after +macro_f1 +1\.000.*"
    r"--invalid '\"\"' counts",
    "10-adopt-unlabelled-gold": r"2 rows without a gold label.*exit 0\n"
    r"labels:\n- '0'\n- '1'\n- '2'\nleft_out:\n  '-1': 2\n",
    "11-adopt-common-shapes": r"of a single model give one column.*exit 2\n(.*?broken, 0 both-wrong.*?exit 0\n){3}",
    "13-quarto-black-options": r"no problems.*check exit 0\n.*render exit 0\n0\nls: [^\n]*ran-although-eval-is-false",
    "14-dataframe-in-pdf": r"report/case\.qmd:4:1: no table is behind 0, 1\.0, 1, 0\.8 in tbl-x: [^\n]*\{\.unchecked",
    "15-cells-removed": r"exit 0\n.*exit 0\n.*again: exit 0\n",
    "17-common-cell-options": r"no problems[^\n]*\n[^\n]*no problems",
    "18-opt-early-exits": r"exit 0\n",
    "19-gpt2-pad-and-encoders": r"(== tiny-\w+\n[^\n]*froze[^\n]*\n){3}",
    "21-published-without-claims": r"no problems[^\n]*\ncheck exit 0\n$",
    "22-audit-of-partial-reports": r"peak-fits-device', 'unverifiable'.*share-is-quotient', 'unverifiable'.*"
    r"f1-from-precision-and-recall', 'inconsistent'.*exact-match-above-f1', 'inconsistent'.*"
    r"'proportion-of-whole-examples', 'inconsistent'",
    "25-table-cells-without-table": r"report/case\.qmd:3: cell 'tbl-a' is to be a numbered table, and shows none.*"
    r"report/case\.qmd:13: 'fig-cap' is no caption of the table 'tbl-b' and would be lost",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A clone of the project as it is, changes of its files included, in which scripts may leave what they make."""
    folder = tmp_path_factory.mktemp("case") / "clone"
    now = subprocess.run(["git", "stash", "create"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    subprocess.run(["git", "clone", "--quiet", "--shared", ROOT, folder], check=True)
    if now.strip():
        subprocess.run(["git", "reset", "--quiet", "--hard", now.strip()], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("name", RIGHT)
def test_what_went_wrong_once_comes_out_right(copy, name):
    if not (CASES / name).is_dir():
        pytest.skip("the case is not there")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", CASES / name / "run.sh"],
        cwd=copy,
        env={**os.environ, "PATH": path, "COLOPHON_DATA_DIR": str(shared.DATA)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert re.search(RIGHT[name], done.stdout, re.DOTALL), done.stdout
    assert "Traceback" not in done.stdout


def test_every_case_is_tried():
    assert {folder.name for folder in CASES.iterdir() if (folder / "run.sh").is_file()} <= set(RIGHT)
