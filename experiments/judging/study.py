"""The settings of a study of judged answers: one set for each profile, each complete in itself."""

import re
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from experiments.choices import Count, DataChoice, ModelChoice, ProfiledStudy, Profiles, Seed, Text, fields
from experiments.scoring.results import Ranking
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError
from experiments.tables.locations import split_id
from experiments.tables.sidecar import Name

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]

VARIABLE = re.compile(r"\$[A-Z][A-Z0-9_]*")
"""What stands for the value of an environment variable, which is read when the study runs."""


class Answers(Closed):
    """Which answers are judged: those of a frozen table, with instruction and reference from the data set."""

    table: str = Field(description="the frozen table of the answers")
    data: DataChoice = Field(description="the data set whose ids stand in the table")
    split: Text
    n: Count | None = Field(None, description="how many ids, drawn by the digest of the id; all without a number")

    @model_validator(mode="after")
    def _check_references(self) -> Self:
        try:
            split_id(self.table)
        except UserError as error:
            raise ValueError(str(error)) from None
        entry = self.data.entry
        if entry.kind != "instruction":
            raise ValueError(f"{entry.name} has no instructions with reference outputs")
        if self.split not in entry.split_names:
            raise ValueError(f"{entry.name} has no split {self.split}; it has {', '.join(entry.split_names)}")
        return self


class Matching(Closed):
    """Right where the answer is the reference: `exact` but for outer white space, `normalised` as SQuAD's exact match
    has it (case, punctuation, articles and white space do not count)."""

    kind: Literal["exact", "normalised"]
    name: Name


class Local(Closed):
    """A decoder of our registry. `generation` reads the verdict out of what it says; `likelihood` takes the verdict
    word that it finds likelier, so there always is one."""

    kind: Literal["local"]
    name: Name
    model: ModelChoice
    by: Literal["generation", "likelihood"]
    ranking: Ranking = Field("calibrated", description="how verdict words are ranked, by likelihood")
    new_tokens: Count = Field(8, description="tokens that are generated, by generation")
    chat: bool = Field(False, description="ask by its tokenizer's chat template", exclude_if=lambda chat: not chat)
    begin: str = Field(
        "",
        description="the first words of its reply, put after the prompt: the verdict comes next",
        exclude_if=lambda begin: not begin,
    )
    dtype: Literal["float32", "bfloat16"] = "float32"

    @model_validator(mode="after")
    def _check_is_decoder(self) -> Self:
        self.model.check_decoder("give a verdict")
        return self


class Prices(Closed):
    """What the endpoint asks for a million tokens."""

    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217, such as USD")
    prompt: NotNegative
    completion: NotNegative


class Retries(Closed):
    """How long one verdict is asked for: whichever bound is met first ends it. Waits double, with full jitter; a
    `Retry-After` is waited for where it fits."""

    attempts: Count = 6
    total_seconds: Positive = 300.0
    timeout_seconds: Positive = Field(60.0, description="of one attempt, from connecting to its last byte")
    first_wait_seconds: Positive = 1.0
    longest_wait_seconds: Positive = 60.0


class Endpoint(Closed):
    """A model behind an OpenAI-compatible chat-completions endpoint. A `$NAME` is read from the environment."""

    kind: Literal["endpoint"]
    name: Name
    base_url: Text = Field(description="up to and without /chat/completions, or $NAME")
    model: Text = Field(description="the endpoint's name of the model, or $NAME")
    # Not typed, so that no complaint of the type's repeats a key that somebody put here.
    key: Annotated[Any, WithJsonSchema({"type": "string", "pattern": f"^{VARIABLE.pattern}$"})] = Field(
        None, description="$NAME of the environment variable that holds the key; none for an endpoint without"
    )
    temperature: NotNegative | None = Field(0.0, description="left out of the request where it is null")
    seed: int | None = Field(None, description="left out of the request where it is null")
    max_tokens: Count = Field(16, description="tokens of the verdict")
    max_tokens_as: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    per_minute: Positive | None = Field(None, description="requests a minute, retries counted; no limit without")
    retries: Retries = Retries()
    prices: Prices | None = Field(None, description="without them the cost in money is not known")

    @model_validator(mode="after")
    def _check_no_secret(self) -> Self:
        if self.key is not None and not (isinstance(self.key, str) and VARIABLE.fullmatch(self.key)):
            raise ValueError("key must be the $NAME of an environment variable, never the key itself")
        if not VARIABLE.fullmatch(self.base_url) and (problem := problem_of(self.base_url)):
            raise ValueError(f"base_url {problem}")
        return self


def _without_input(content: Any, check: ValidatorFunctionWrapHandler) -> Matching | Local | Endpoint:
    """Check a judge. What is wrong may be a key in the wrong place, so complaints do not repeat what stood there."""
    try:
        return check(content)
    except ValidationError as error:
        raise ValidationError.from_exception_data(
            error.title,
            [
                InitErrorDetails(
                    type=PydanticCustomError(found["type"], MESSAGES.get(found["type"], found["msg"])),
                    loc=found["loc"],
                    input=None,
                )
                for found in error.errors(include_url=False)
            ],
        ) from None


MESSAGES = {"union_tag_invalid": "kind must be exact, normalised, local or endpoint"}
"""In place of pydantic's own, which quote what stood there."""

Judge = Annotated[Matching | Local | Endpoint, Field(discriminator="kind"), WrapValidator(_without_input)]


class Settings(Closed):
    """What a study does in one profile. Without `answers` the judges mark the labelled examples alone."""

    answers: Answers | None = None
    prompt: Text = Field(description="what every judge but a matching one reads, with {material}: the texts as JSON")
    judges: Annotated[tuple[Judge, ...], Field(min_length=1)]
    seed: Seed = Field(0, description="of the bootstrap")

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        if fields(self.prompt) != ["material"]:
            raise ValueError("prompt must hold {material} once, and nothing else in braces")
        if self.prompt != self.prompt.rstrip():
            raise ValueError("prompt must not end in white space: the verdict begins with it")
        names = [judge.name for judge in self.judges]
        for number, name in enumerate(names, start=1):
            if name in names[: number - 1]:  # not quoted: somebody may have put a key there
                raise ValueError(f"the judges {names.index(name) + 1} and {number} have the same name")
        return self


class Study(ProfiledStudy):
    """A study of the system "judging"."""

    system: Literal["judging"]
    profiles: Profiles[Settings]


def problem_of(base_url: str) -> str | None:
    """What is wrong with a base URL, without a word of it, since it may hold a key; None where it is well.

    User names, passwords, queries and fragments are refused: they are where keys are put, and logs keep addresses.
    """
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no web address"
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() or not c.isprintable() for c in base_url):
        return "is no web address; it must read http(s)://host/path"
    if "@" in parts.netloc:
        return "holds a user name or password; name the environment variable of the key under key instead"
    if parts.query or parts.fragment or base_url.endswith(("?", "#")):
        return "holds a query or fragment; a key belongs in the environment variable that key names"
    return None


def host_of(base_url: str) -> str:
    """Host and port of a base URL without a problem: all that tables and messages say of it."""
    parts = urlsplit(base_url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
