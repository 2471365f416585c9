"""A model behind an OpenAI-compatible endpoint as a judge."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial

from experiments.judging.address import host_of, problem_of
from experiments.judging.chat import Chat
from experiments.judging.judge import JudgeFailed
from experiments.judging.patience import Clock, Pace, Patience
from experiments.judging.prompts import Question
from experiments.judging.secret import Secret, variable
from experiments.judging.study import VARIABLE, Endpoint
from experiments.judging.verdicts import Verdict, read_verdict, shown
from experiments.tables.digest import sha256_bytes
from experiments.tables.errors import UserError


class EndpointJudge:
    """See `judge.Judge`. Raises UserError for an address or a key that cannot be used, before anything is asked."""

    models: Mapping[str, str] = {}

    def __init__(self, settings: Endpoint, clock: Clock | None = None) -> None:
        self._settings, self._clock = settings, clock or Clock()
        self._secret = Secret(variable(settings.key, "key", settings.name) if settings.key else None)
        self._base_url = self._value(settings.base_url, "base_url")
        problem = problem_of(self._base_url)
        if problem is None and self._secret.stands_in(self._base_url):
            problem = "holds the key, which belongs in the environment variable that key names alone"
        if problem:
            raise UserError(f"{settings.name}: base_url {problem}")
        self.host, self.model = host_of(self._base_url), self._value(settings.model, "model")
        if self._secret.stands_in(self.model):
            raise UserError(f"{settings.name}: model holds the key")
        asked_for = {
            "model": self.model,
            settings.max_tokens_as: settings.max_tokens,
            "temperature": settings.temperature,
            "seed": settings.seed,
        }
        self._body = {name: value for name, value in asked_for.items() if value is not None}
        self.identity = {"kind": "endpoint", "address": sha256_bytes(self._base_url.encode()), **self._body}

    def verdicts(self, questions: Sequence[Question]) -> Iterator[list[Verdict]]:
        """One by one, so that each is kept as it comes. Raises JudgeFailed."""
        pace = Pace(self._settings.per_minute, self._clock)
        patience = Patience(self._settings.retries, pace, self._clock)
        with closing(Chat(self._base_url, self._secret, self._body)) as chat:
            for question in questions:
                begun = self._clock.now()
                try:
                    reply, spent = patience.until_it_works(partial(chat.ask, question.prompt))
                except JudgeFailed as failed:
                    raise JudgeFailed(f"{self.host} {failed}", failed.spent, failed.seconds) from None
                yield [
                    Verdict(
                        verdict=read_verdict(reply.text),
                        raw=shown(reply.text),
                        raw_characters=len(reply.text),
                        prompt_tokens=reply.prompt_tokens,
                        verdict_tokens=reply.verdict_tokens,
                        spent=spent,
                        seconds=self._clock.now() - begun,
                        served_model=reply.served_model,
                    )
                ]

    def _value(self, stated: str, what: str) -> str:
        return variable(stated, what, self._settings.name) if VARIABLE.fullmatch(stated) else stated
