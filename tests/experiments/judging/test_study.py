"""What a study of judging may say."""

import subprocess
import sys

import pytest

from experiments.tables.errors import UserError

INF = float("inf")
EXACT = {"kind": "exact", "name": "exact"}
LOCAL = {"kind": "local", "name": "local", "model": {"name": "smoke-decoder"}, "by": "likelihood"}
REMOTE = {"kind": "endpoint", "name": "remote", "base_url": "http://localhost/v1", "model": "m"}
ANSWERS = {"table": "early-exit-alpaca/answers", "data": {"name": "smoke-instructions"}, "split": "all"}


@pytest.mark.parametrize(
    ("judges", "more", "message"),
    [
        ([], {}, "at least 1 item"),
        ([EXACT, EXACT], {}, "the judges 1 and 2 have the same name"),
        ([EXACT], {"prompt": "Right?"}, "prompt must hold {material} once"),
        ([EXACT], {"prompt": "{material} {answer}"}, "prompt must hold {material} once"),
        ([EXACT], {"prompt": "{material"}, "prompt must hold {material} once"),
        ([EXACT], {"prompt": "{material} "}, "must not end in white space"),
        ([LOCAL | {"model": {"name": "smoke-encoder"}}], {}, "smoke-encoder is an encoder"),
        ([LOCAL | {"model": {"name": "smoke-decodr"}}], {}, "did you mean smoke-decoder?"),
        ([LOCAL | {"by": "guess"}], {}, "by"),
        ([REMOTE | {"base_url": "localhost:8000"}], {}, "base_url is no web address"),
        ([REMOTE | {"key": "KEY"}], {}, "key must be the $NAME"),
        ([REMOTE | {"retries": {"attempts": 0}}], {}, "retries.attempts"),
        ([REMOTE | {"prices": {"currency": "dollars", "prompt": 1, "completion": 1}}], {}, "currency"),
        ([REMOTE | {"prices": {"currency": "USD", "prompt": INF, "completion": 1}}], {}, "should be a finite"),
        ([REMOTE | {"retries": {"total_seconds": INF}}], {}, "total_seconds: Input should be a finite"),
        ([REMOTE | {"temperature": INF}], {}, "temperature: Input should be a finite"),
        ([REMOTE | {"per_minute": INF}], {}, "per_minute: Input should be a finite"),
        ([EXACT], {"answers": ANSWERS | {"table": "answers"}}, "is no table id"),
        ([EXACT], {"answers": ANSWERS | {"data": {"name": "smoke-sentiment"}}}, "has no instructions"),
        ([EXACT], {"answers": ANSWERS | {"split": "test"}}, "has no split test"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_line(study, judges, more, message):
    with pytest.raises(UserError) as end:
        study(judges, **more)
    assert message in str(end.value)
    assert "small.yaml:" in str(end.value)


def test_listing_the_study_needs_neither_torch_nor_an_http_client():
    code = (
        "import sys, experiments.judging.system; "
        "print(sorted({'torch', 'transformers', 'sklearn', 'httpx2', 'numpy', 'scipy'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
