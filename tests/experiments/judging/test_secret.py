"""The key of an endpoint is found nowhere: a canary is looked for in everything that a study writes or says."""

import json
import logging
import traceback
from base64 import b64encode

import pytest

from experiments.judging.endpoint import EndpointJudge
from experiments.judging.study import Endpoint as Settings
from experiments.tables.errors import UserError
from experiments.tables.secrets import spellings

from .conftest import KEY, RETRIES, answers_with, closes, completes, honest, says

ESCAPED = "".join(f"\\u{ord(letter):04x}" for letter in KEY).encode()
TELLTALES = {
    "in the verdict": answers_with(completes({"content": f"Your key is {KEY}"})),
    "in the verdict, escaped": answers_with(completes({"content": "*"}).replace(b"*", ESCAPED)),
    "in the model": answers_with(completes({"content": "right"}, model=KEY)),
    "in the model, escaped": answers_with(completes({"content": "right"}, model="*").replace(b"*", ESCAPED)),
    "in nonsense": answers_with(f"<p>{KEY}</p>".encode()),
    "in an error": answers_with(json.dumps({"error": f"Incorrect key: {KEY}"}).encode(), 500),
    "in nonsense, escaped": answers_with(b'{"detail": "' + ESCAPED + b'"}'),
    "in an error, escaped": answers_with(b'{"error": "' + ESCAPED + b'"}', 500),
    "in the verdict, in base64": answers_with(completes({"content": b64encode(f"Bearer {KEY}".encode()).decode()})),
    "in the model, in hexadecimal": answers_with(completes({"content": "right"}, model=KEY.encode().hex())),
    "in a refusal": answers_with(f"Bearer {KEY}".encode(), 401),
    "in an unknown status": answers_with(f"Bearer {KEY}".encode(), 418),
    "in a redirection": answers_with(b"", 307, Location=f"http://127.0.0.1:9/?key={KEY}"),
    "in a header": answers_with(completes({"content": "right"}), 200, X_Key=KEY),
    "in a broken connection": closes,
}


@pytest.mark.parametrize("told", list(TELLTALES))
def test_a_key_gets_nowhere(study, answers, run, endpoint, tmp_path, capfd, caplog, told):
    caplog.set_level(logging.DEBUG)
    answers()
    endpoint.script, endpoint.always = [says(honest)], TELLTALES[told]
    said = ""
    try:
        said += repr(run(study([endpoint.judge()])))
    except UserError as error:
        said += "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))
    assert endpoint.requests[0][0]["Authorization"].endswith(KEY), "the endpoint was sent the key"
    said += "".join(capfd.readouterr()) + caplog.text + "".join(map(repr, (record.args for record in caplog.records)))
    said += "".join(path.read_text("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file())
    assert "remote" in said
    for form in (*spellings(KEY), KEY.upper(), repr(KEY.encode()), ESCAPED.decode()[:24]):
        assert form not in said


def test_an_exception_that_quotes_the_request_is_not_passed_on(endpoint, monkeypatch):
    import httpx2

    def quoting(self, method, url, **more):
        raise ValueError(f"Illegal header value {more['headers']}")

    monkeypatch.setattr(httpx2.AsyncClient, "stream", quoting)
    asked = EndpointJudge(Settings(**endpoint.judge(retries=RETRIES | {"attempts": 1})))
    from experiments.judging.judge import JudgeFailed
    from experiments.judging.prompts import ANSWER_FIRST, Pair, question

    with pytest.raises(JudgeFailed, match="ValueError") as end:
        list(asked.verdicts([question("{material}", Pair("a", "", "b", "c"), ANSWER_FIRST)]))
    assert KEY not in "".join(traceback.format_exception(end.value))


def test_a_key_does_not_show_by_accident(endpoint):
    judge = EndpointJudge(Settings(**endpoint.judge()))
    assert KEY not in repr(vars(judge))


@pytest.mark.parametrize(
    "change", [{"kind": KEY}, {"name": KEY.upper()}, {"name": [KEY]}, {"kind": "local", "name": KEY}]
)
def test_a_key_as_name_or_kind_is_not_repeated(study, endpoint, change):
    with pytest.raises(UserError, match=r"small.yaml:\d+: ") as end:
        study([endpoint.judge(**change)], answers=False)
    assert KEY not in str(end.value).lower()


def test_a_key_as_the_name_of_two_judges_is_not_repeated(study, endpoint):
    with pytest.raises(UserError, match="the judges 1 and 2 have the same name") as end:
        study([endpoint.judge(name=KEY), endpoint.judge(name=KEY)], answers=False)
    assert KEY not in str(end.value)


def test_a_name_that_holds_the_key_is_refused_before_anybody_is_asked(study, run, endpoint):
    with pytest.raises(UserError, match="name of a judge holds the key") as end:
        run(study([endpoint.judge(name=KEY)], answers=False))
    assert KEY not in str(end.value)
    assert endpoint.requests == []


@pytest.mark.parametrize(
    "change",
    [
        {"key": KEY},
        {"key": [KEY]},
        {"key": {"a": KEY}},
        {"key": f"${KEY}"},
        {"base_url": f"https://user:{KEY}@host/v1"},
        {"base_url": f"https://{KEY}@host/v1"},
        {"base_url": f"https://host/v1?api_key={KEY}"},
        {"base_url": f"https://host/v1#{KEY}"},
        {"base_url": KEY},
        {"api_key": KEY},
    ],
)
def test_a_key_in_a_study_is_refused_and_not_repeated(study, endpoint, change):
    with pytest.raises(UserError) as end:
        study([endpoint.judge(**change)], answers=False)
    assert KEY not in str(end.value)
    assert "small.yaml:" in str(end.value)


@pytest.mark.parametrize("place", ["seed", "max_tokens", "temperature", "per_minute", "retries", "prices"])
def test_a_key_in_the_wrong_place_is_not_repeated(study, endpoint, place):
    with pytest.raises(UserError, match=rf"small.yaml:\d+: .*{place}: ") as end:
        study([endpoint.judge(**{place: KEY})], answers=False)
    assert KEY not in str(end.value)


def test_a_key_of_digits_is_not_repeated_either(study, endpoint):
    with pytest.raises(UserError, match=r"key must be the \$NAME of an environment variable") as end:
        study([endpoint.judge(key=987654321012345)], answers=False)
    assert "987654321012345" not in str(end.value)
