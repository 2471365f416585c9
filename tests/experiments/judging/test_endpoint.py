"""A judge behind a real HTTP server that errs in every way that servers do."""

import json
import time
from email.utils import formatdate

import pytest

from experiments.judging.endpoint import REFUSALS, Clock, EndpointJudge
from experiments.judging.judge import JudgeFailed
from experiments.judging.prompts import ANSWER_FIRST, Pair, question
from experiments.judging.study import Endpoint as Settings
from experiments.tables.errors import UserError

from .conftest import KEY, RETRIES, answers_with, closes, completes, says

PAIRS = [Pair("Name a fruit.", "", "An apple.", "An apple."), Pair("Name a fruit.", "", "An apple.", "A saw.")]


def questions(pairs=PAIRS):
    return [question("Right or wrong?\n{material}\nVerdict:", pair, ANSWER_FIRST) for pair in pairs]


class FakeClock:
    """Time that only passes while somebody sleeps."""

    def __init__(self) -> None:
        self.sleeps: list[float] = []

    def clock(self) -> Clock:
        return Clock(lambda: sum(self.sleeps), self.sleeps.append)


def judge(endpoint, clock: FakeClock | None = None, retries: dict | None = None, **more) -> EndpointJudge:
    settings = endpoint.judge(**more) | {"retries": RETRIES | (retries or {})}
    return EndpointJudge(Settings(**settings), clock.clock() if clock else None)


def ask(asked: EndpointJudge, pairs=PAIRS) -> list:
    return [verdict for piece in asked.verdicts(questions(pairs)) for verdict in piece]


def test_the_verdict_the_tokens_and_the_model_are_what_the_endpoint_says(endpoint):
    verdicts = ask(judge(endpoint, seed=3, max_tokens=5))
    assert [each.verdict for each in verdicts] == ["right", "wrong"]
    assert [each.prompt_tokens for each in verdicts] == [len(each.prompt.split()) for each in questions()]
    assert {(each.verdict_tokens, each.served_model, each.spent.calls) for each in verdicts} == {(1, "tiny-2", 1)}
    headers, body = endpoint.requests[0]
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body == {
        "path": "/v1/chat/completions",
        "model": "tiny",
        "max_tokens": 5,
        "temperature": 0.0,
        "seed": 3,
        "messages": [{"role": "user", "content": questions()[0].prompt}],
    }


def test_what_an_endpoint_does_not_know_is_not_sent(endpoint):
    ask(judge(endpoint, key=None, temperature=None, max_tokens_as="max_completion_tokens"))
    headers, body = endpoint.requests[0]
    assert "Authorization" not in headers
    assert set(body) == {"path", "model", "max_completion_tokens", "messages"}


@pytest.mark.parametrize(
    "fault",
    [
        answers_with(b"overloaded", 500),
        answers_with(b"", 503),
        answers_with(b"slow down", 429),
        closes,
        answers_with(b"<html><body>Bad gateway</body></html>"),
        answers_with(b'{"choices": ['),
        answers_with(b'{"choices": []}'),
        answers_with(b"[]"),
        answers_with(b"null"),
        answers_with(b"\xff\xfe"),
        answers_with(b'{"choices": [{"message": {"content": 7}}]}'),
        answers_with(b""),
        answers_with(b"[" * 100_000),
        answers_with(b" " * (2**22 + 1)),
        answers_with(b"not gzip", Content_Encoding="gzip"),
    ],
)
def test_two_failures_and_an_answer_are_an_answer(endpoint, fault):
    endpoint.script = [fault, fault]
    [verdict] = ask(judge(endpoint), PAIRS[:1])
    assert verdict.verdict == "right"
    assert (verdict.spent.calls, verdict.spent.retries) == (3, 2)
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize("key", [None, "$TEST_JUDGE_KEY"])
@pytest.mark.parametrize("said", [["right"], {}, 5, True])
def test_what_is_no_text_is_no_reply(endpoint, said, key):
    endpoint.script = [answers_with(completes({"content": said}))]
    [verdict] = ask(judge(endpoint, key=key), PAIRS[:1])
    assert (verdict.verdict, verdict.spent.calls) == ("right", 2)


@pytest.mark.parametrize("silence", ["hangs", "dribbles", "dribbles_headers"])
def test_a_silent_endpoint_is_left_in_time(endpoint, silence):
    endpoint.script = [getattr(endpoint, silence)]
    [verdict] = ask(judge(endpoint, retries={"timeout_seconds": 0.2}), PAIRS[:1])
    assert (verdict.verdict, verdict.spent.calls) == ("right", 2)


@pytest.mark.parametrize("silence", ["hangs", "dribbles", "dribbles_headers"])
def test_an_endpoint_that_never_answers_ends_in_one_line(endpoint, silence):
    endpoint.always = getattr(endpoint, silence)
    with pytest.raises(JudgeFailed, match=r"127\.0\.0\.1:\d+ does not answer within 0.1 s \(after 2 attempts\)") as end:
        ask(judge(endpoint, retries={"timeout_seconds": 0.1, "attempts": 2}))
    assert (end.value.spent.calls, end.value.spent.retries) == (2, 1)


def test_retry_after_is_waited_for_and_backoff_has_bounds(endpoint):
    clock = FakeClock()
    date = formatdate(time.time() + 90, usegmt=True)
    endpoint.script = [
        answers_with(b"", 429, Retry_After="7"),
        answers_with(b"", 429, Retry_After=date),
        answers_with(b"", 500),
        answers_with(b"", 503, Retry_After="soon"),
    ]
    [verdict] = ask(
        judge(
            endpoint,
            clock,
            retries={"attempts": 9, "first_wait_seconds": 1, "longest_wait_seconds": 3, "total_seconds": 200},
        ),
        PAIRS[:1],
    )
    seconds, dated, *backoff = clock.sleeps
    assert seconds == 7
    assert 80 < dated <= 90
    assert all(0 <= pause <= 3 for pause in backoff)
    assert len(backoff) == 2
    assert verdict.spent.waited == pytest.approx(sum(clock.sleeps))


@pytest.mark.parametrize("date", ["Mon, 01 Jan 99999999999 00:00:00 GMT", "Mon, 99 Jan 2024 00:00:00 GMT", "nan"])
def test_a_date_that_is_none_is_not_waited_for(endpoint, date):
    endpoint.script = [answers_with(b"", 429, Retry_After=date)]
    [verdict] = ask(judge(endpoint), PAIRS[:1])
    assert (verdict.verdict, verdict.spent.calls) == ("right", 2)


def test_a_wait_that_is_longer_than_the_study_allows_is_not_begun(endpoint):
    clock = FakeClock()
    endpoint.always = answers_with(b"quota", 429, Retry_After="3600")
    with pytest.raises(JudgeFailed, match=r"asks to wait 3600 s .*the study allows 20 s"):
        ask(judge(endpoint, clock))
    assert clock.sleeps == []
    assert len(endpoint.requests) == 1


def test_a_reply_without_end_is_not_read(endpoint):
    endpoint.always = answers_with(completes({"content": "right"}) + b" " * 2**22)
    with pytest.raises(JudgeFailed, match="answers with more than 4 MiB"):
        ask(judge(endpoint))


def test_attempts_are_bounded(endpoint):
    endpoint.always = answers_with(b"no", 500)
    with pytest.raises(JudgeFailed, match=r"answers HTTP 500 Internal Server Error \(2 bytes\) \(after 4 attempts\)"):
        ask(judge(endpoint))
    assert len(endpoint.requests) == 4


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (answers_with(b"{}", 401), "refuses the key, or wants one"),
        (answers_with(b'{"error": "no model tiny"}', 404), "knows no such address or model (HTTP 404)"),
        (answers_with(b"", 499), "answers HTTP 499 (0 bytes)"),
        (answers_with(b"", 302, Location="http://127.0.0.1:9/steal"), "points to another address"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(endpoint, behaviour, message):
    endpoint.always = behaviour
    with pytest.raises(JudgeFailed) as end:
        ask(judge(endpoint))
    assert message in str(end.value)
    assert len(endpoint.requests) == 1


def refuses(prompt: str, status: int = 400):
    """A behaviour: this prompt is refused, others are answered."""
    return lambda handler, body: (
        answers_with(b"bad\x1b[31m", status) if body["messages"][0]["content"] == prompt else says("right")
    )(handler, body)


@pytest.mark.parametrize("status", [400, 413, 422])
@pytest.mark.parametrize("number", [0, 1])
def test_a_prompt_that_is_refused_has_no_verdict_and_the_others_have(endpoint, status, number):
    endpoint.always = refuses(questions()[number].prompt, status)
    verdicts = ask(judge(endpoint))
    assert [each.verdict for each in verdicts] == [("unparsed" if at == number else "right") for at in range(2)]
    refused = verdicts[number]
    assert f"HTTP {status} " in refused.raw
    assert (refused.raw_characters, refused.spent.calls, len(endpoint.requests)) == (0, 1, 2)


def test_an_endpoint_that_refuses_every_prompt_is_given_up_and_nothing_is_kept(endpoint):
    endpoint.script, endpoint.always = [says("right")], answers_with(b"bad\x1b[31m", 400)
    pairs = [Pair("Name a number.", "", "One.", str(number)) for number in range(2 * REFUSALS)]
    found = []
    with pytest.raises(JudgeFailed, match=rf"answers HTTP 400 .* to {REFUSALS} prompts in a row") as end:
        found.extend(judge(endpoint).verdicts(questions(pairs)))
    assert [verdict.verdict for piece in found for verdict in piece] == ["right"]
    assert end.value.spent.calls == REFUSALS


def test_an_address_where_nobody_listens_is_said(endpoint):
    endpoint.close()
    with pytest.raises(JudgeFailed, match=r"cannot be reached \(after 4 attempts\)"):
        ask(judge(endpoint))


def test_requests_are_paced_and_retries_count(endpoint):
    clock = FakeClock()
    endpoint.script = [answers_with(b"", 500)]
    ask(judge(endpoint, clock, per_minute=30), PAIRS * 2)
    assert len(endpoint.requests) == 5
    assert sum(clock.sleeps) == pytest.approx(4 * 2, abs=0.01)


def test_a_slow_pace_takes_nothing_of_the_time_for_a_verdict(endpoint):
    clock = FakeClock()
    endpoint.script = [says("right"), answers_with(b"", 500)]
    verdicts = ask(judge(endpoint, clock, per_minute=2, retries={"total_seconds": 20}))
    assert [each.spent.calls for each in verdicts] == [1, 2]
    assert verdicts[1].spent.waited == pytest.approx(2 * 30, abs=0.1)
    assert verdicts[1].seconds == pytest.approx(verdicts[1].spent.waited)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Right and wrong",
        "right\nbecause it is",
        '{"verdict": "right"}',
        "**right**",
        "not right",
        "right " * 50_000,
        "\x1b[31mright\ud800",
    ],
)
def test_whatever_is_not_the_word_is_unparsed_and_kept(endpoint, said):
    endpoint.always = answers_with(completes({"content": said}))
    [verdict] = ask(judge(endpoint), PAIRS[:1])
    assert verdict.verdict == "unparsed"
    assert verdict.raw_characters == len(said)
    assert len(verdict.raw) <= 200
    assert verdict.raw.isprintable()
    assert (verdict.prompt_tokens, verdict.verdict_tokens) == (None, None)


def test_a_refusal_is_no_verdict(endpoint):
    endpoint.always = answers_with(completes({"content": None, "refusal": "I cannot judge this."}))
    [verdict] = ask(judge(endpoint), PAIRS[:1])
    assert (verdict.verdict, verdict.raw) == ("unparsed", "I cannot judge this.")


@pytest.mark.parametrize("said", ["right", " Right.\n", "RIGHT!"])
def test_the_word_alone_is_a_verdict(endpoint, said):
    endpoint.always = says(said)
    assert [each.verdict for each in ask(judge(endpoint))] == ["right", "right"]


@pytest.mark.parametrize(
    ("more", "variables", "message"),
    [
        ({}, {"TEST_JUDGE_KEY": None}, "remote: the environment variable TEST_JUDGE_KEY (key) is not set"),
        ({}, {"TEST_JUDGE_KEY": ""}, "is not set"),
        ({}, {"TEST_JUDGE_KEY": f"{KEY}\n"}, "holds characters that cannot be sent"),
        ({}, {"TEST_JUDGE_KEY": f"{KEY}ä"}, "holds characters that cannot be sent"),
        ({"base_url": "$TEST_URL"}, {}, "the environment variable TEST_URL (base_url) is not set"),
        ({"base_url": "$TEST_URL"}, {"TEST_URL": f"https://x:{KEY}@host/v1"}, "holds a user name or password"),
        ({"base_url": "$TEST_URL"}, {"TEST_URL": f"https://host/v1?key={KEY}"}, "holds a query or fragment"),
        ({"base_url": "$TEST_URL"}, {"TEST_URL": f"https://host/{KEY}/v1"}, "holds the key"),
        ({"base_url": "$TEST_URL"}, {"TEST_URL": "ftp://host/v1"}, "is no web address"),
        ({"base_url": "$TEST_URL"}, {"TEST_URL": "http://host:port/v1"}, "is no web address"),
        ({"model": "$TEST_MODEL"}, {"TEST_MODEL": KEY}, "model holds the key"),
    ],
)
def test_settings_that_cannot_be_used_are_one_line_without_the_key(endpoint, monkeypatch, more, variables, message):
    for name, value in variables.items():
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    with pytest.raises(UserError) as end:
        judge(endpoint, **more)
    assert message in str(end.value)
    assert "\n" not in str(end.value)
    assert KEY not in str(end.value)


def test_money_needs_prices_and_counted_tokens(endpoint, study, run):
    prices = {"currency": "USD", "prompt": 2.0, "completion": 10.0}
    judges = [endpoint.judge(), endpoint.judge(name="priced", prices=prices)]
    costs = {row["judge"]: row for row in run(study(judges, answers=False))["cost"]}
    assert (costs["remote"]["money"], costs["remote"]["currency"]) == (None, None)
    priced = costs["priced"]
    assert priced["money"] == pytest.approx((2 * priced["prompt_tokens"] + 10 * priced["verdict_tokens"]) / 1e6)
    assert priced["calls"] == priced["asked"] == 100
    assert priced["host"] == endpoint.url.removeprefix("http://").removesuffix("/v1")
    assert (priced["model"], priced["served_models"], priced["uncounted"]) == ("tiny", "tiny-2", 0)

    endpoint.script = [says("right", counted=False)]
    [row] = run(study([endpoint.judge(prices=prices)], answers=False))["cost"]
    assert (row["uncounted"], row["money"]) == (1, None)


def test_json_of_a_request_is_what_was_digested(endpoint, study, run):
    rows = run(study([endpoint.judge()], answers=False))["labelled"]
    from experiments.tables.digest import sha256_bytes

    assert {row["prompt_sha256"] for row in rows} == {sha256_bytes(prompt.encode()) for prompt in endpoint.prompts}
    assert json.loads(endpoint.prompts[0].split("\n", 1)[1].rsplit("\n", 1)[0])["instruction"]
