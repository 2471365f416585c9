"""A model behind an OpenAI-compatible endpoint as a judge: when to ask again, when to wait, and when to give up."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from pydantic import SecretStr
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from experiments.judging.chat import Chat, Failure, Reply
from experiments.judging.judge import JudgeFailed, read_verdict, shown
from experiments.judging.prompts import Question
from experiments.judging.study import VARIABLE, Endpoint, Retries, host_of, problem_of
from experiments.judging.verdicts import UNPARSED, Spent, Verdict
from experiments.tables.digest import sha256_bytes
from experiments.tables.errors import UserError

REFUSALS = 8
"""So many prompts in a row that are refused are no matter of the prompts."""

T = TypeVar("T")


@dataclass(frozen=True)
class Clock:
    """Time, which tests do not wait for."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Pace:
    """At most so many requests a minute, evenly spread."""

    per_minute: float | None
    clock: Clock
    _next: float = field(default=float("-inf"), init=False)

    def wait(self) -> float:
        """Wait until the next request may begin; the seconds that it took."""
        if self.per_minute is None:
            return 0.0
        now = self.clock.now()
        pause = max(self._next - now, 0.0)
        if pause:
            self.clock.sleep(pause)
        self._next = max(self._next, now) + 60 / self.per_minute
        return pause


class EndpointJudge:
    """See `judge.Judge`. Raises UserError for an address or a key that cannot be used, before anything is asked."""

    models: Mapping[str, str] = {}

    def __init__(self, settings: Endpoint, clock: Clock | None = None) -> None:
        self._settings, self._clock = settings, clock or Clock()
        name = settings.name
        self._key = SecretStr(read_variable(settings.key, "key", name)) if settings.key else None
        if self._holds_key(name):
            raise UserError(f"the name of a judge holds the key, which belongs in {settings.key} alone")
        self._base_url = self._value(settings.base_url, "base_url")
        problem = problem_of(self._base_url)
        if problem is None and self._holds_key(self._base_url):
            problem = "holds the key, which belongs in the environment variable that key names alone"
        if problem:
            raise UserError(f"{name}: base_url {problem}")
        self.host, self.model = host_of(self._base_url), self._value(settings.model, "model")
        if self._holds_key(self.model):
            raise UserError(f"{name}: model holds the key")
        asked_for = {
            "model": self.model,
            settings.max_tokens_as: settings.max_tokens,
            "temperature": settings.temperature,
            "seed": settings.seed,
        }
        self._body = {name: value for name, value in asked_for.items() if value is not None}
        self.identity = {"kind": "endpoint", "address": sha256_bytes(self._base_url.encode()), **self._body}

    def verdicts(self, questions: Sequence[Question]) -> Iterator[list[Verdict]]:
        """One by one, so that each is kept as it comes; a prompt that is refused has no verdict, and others follow.

        Raises JudgeFailed, also where `REFUSALS` prompts in a row are refused; those are then not kept.
        """
        pace, refused = Pace(self._settings.per_minute, self._clock), []
        with closing(Chat(self._base_url, self._key, self._body)) as chat:
            for question in questions:
                begun, ask = self._clock.now(), partial(chat.ask, question.prompt)
                try:
                    reply, spent = retry_until_deadline(ask, self._settings.retries, pace, self._clock)
                except JudgeFailed as failed:
                    refused.append(_no_verdict(failed))
                    if failed.refused and len(refused) < REFUSALS:
                        continue
                    what = f"{self.host} {failed}" + (f" to {REFUSALS} prompts in a row" if failed.refused else "")
                    spent = sum((each.spent for each in refused), Spent())
                    raise JudgeFailed(what, spent, sum(each.seconds for each in refused)) from None
                yield [*refused, _verdict(reply, spent, self._clock.now() - begun)]
                refused = []
        if refused:
            yield refused

    def _value(self, stated: str, what: str) -> str:
        return read_variable(stated, what, self._settings.name) if VARIABLE.fullmatch(stated) else stated

    def _holds_key(self, text: str) -> bool:
        return self._key is not None and self._key.get_secret_value() in text


def retry_until_deadline(attempt: Callable[[float], T], bounds: Retries, pace: Pace, clock: Clock) -> tuple[T, Spent]:
    """What `attempt` gives, called with the seconds that it may take, and what that took.

    Waits between attempts double, with full jitter, and are as long as the server asks; their number and the time that
    they take together have bounds, in which waiting for `pace` does not count. Raises JudgeFailed where no attempt
    works, or one fails for good.
    """
    begun, paced = clock.now(), 0.0
    backoff = wait_random_exponential(multiplier=bounds.first_wait_seconds, max=bounds.longest_wait_seconds)

    def left() -> float:
        return begun + bounds.total_seconds + paced - clock.now()

    def attempt_in_time() -> T:
        nonlocal paced
        paced += pace.wait()
        return attempt(max(min(bounds.timeout_seconds, left()), 0.001))

    def wait(state: RetryCallState) -> float:
        return max(backoff(state), state.outcome.exception().wait or 0.0)

    def is_too_late(state: RetryCallState) -> bool:
        return state.upcoming_sleep >= left()

    retrying = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, Failure) and error.passing),
        wait=wait,
        stop=stop_after_attempt(bounds.attempts) | is_too_late,
        sleep=clock.sleep,
        reraise=True,
    )

    def spent() -> Spent:
        calls = retrying.statistics["attempt_number"]
        return Spent(calls, calls - 1, paced + retrying.statistics["idle_for"])

    try:
        return retrying(attempt_in_time), spent()
    except Failure as failure:
        end = _describe_end(failure, spent().calls, bounds)
        raise JudgeFailed(end, spent(), clock.now() - begun, failure.refused) from None


def read_variable(name: str, what: str, judge: str) -> str:
    """The value of the environment variable `$NAME`. Raises UserError, without the value, where it cannot be used."""
    value = os.environ.get(name.removeprefix("$"), "")
    if not value:
        raise UserError(f"{judge}: the environment variable {name.removeprefix('$')} ({what}) is not set")
    if not value.isascii() or any(c.isspace() or not c.isprintable() for c in value):
        raise UserError(
            f"{judge}: the environment variable {name.removeprefix('$')} ({what}) holds characters that "
            "cannot be sent, such as spaces or line ends"
        )
    return value


def _describe_end(failure: Failure, calls: int, bounds: Retries) -> str:
    """Why there is no next attempt."""
    tried = f"after {calls} attempts" if calls > 1 else "at the first attempt"
    if not failure.passing or calls >= bounds.attempts:
        return f"{failure} ({tried})"
    asked = f", and asks to wait {failure.wait:.0f} s" if failure.wait else ""
    return f"{failure}{asked} ({tried}; the study allows {bounds.total_seconds:g} s for one verdict)"


def _verdict(reply: Reply, spent: Spent, seconds: float) -> Verdict:
    return Verdict(
        verdict=read_verdict(reply.text),
        raw=shown(reply.text),
        raw_characters=len(reply.text),
        prompt_tokens=reply.prompt_tokens,
        verdict_tokens=reply.verdict_tokens,
        spent=spent,
        seconds=seconds,
        served_model=reply.served_model,
    )


def _no_verdict(failed: JudgeFailed) -> Verdict:
    """Of a prompt that was refused: the reason stands in brackets where a reply would."""
    return Verdict(UNPARSED, shown(f"[{failed}]"), raw_characters=0, spent=failed.spent, seconds=failed.seconds)
