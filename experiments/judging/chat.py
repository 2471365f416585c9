"""One request to an OpenAI-compatible chat-completions endpoint, and what may become of it.

https://platform.openai.com/docs/api-reference/chat/create is the interface that vLLM, llama.cpp, Ollama and most
hosted services share; only what all of them have is used.
"""

import asyncio
import email.utils
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from experiments.quiet import no_requests_logged
from experiments.tables.errors import printable
from experiments.tables.secrets import hide

if TYPE_CHECKING:
    import httpx2

LONGEST_BODY = 2**22  # bytes of a response that are read
PASSING = (408, 409, 425, 429)  # of the statuses below 500, those after which one may try again
REFUSED = (400, 413, 422)  # those that may be about one prompt: too long, or refused by a filter


class Failure(Exception):
    """A request without a reply.

    `passing`: it may go better the next time; `wait`: how long the server asks for; `refused`: this prompt was refused,
    and another one may be answered.
    """

    def __init__(self, what: str, passing: bool, wait: float | None = None, refused: bool = False) -> None:
        super().__init__(what)
        self.passing, self.wait, self.refused = passing, wait, refused


@dataclass(frozen=True)
class Reply:
    """What the model said, and what the endpoint says of it: tokens and model are None where it says nothing."""

    text: str
    prompt_tokens: int | None
    verdict_tokens: int | None
    served_model: str | None


class Chat:
    """An endpoint. Redirections are not followed: the key goes to this address alone.

    What a server says in place of a reply is never quoted, as it may hold the key in more spellings than can be known.
    """

    def __init__(self, base_url: str, key: SecretStr | None, body: Mapping[str, object]) -> None:
        import httpx2

        # Asynchronous for its deadlines: a client's timeout is for each read, and bounds no server that dribbles.
        self._loop = asyncio.Runner()
        self._client: httpx2.AsyncClient = httpx2.AsyncClient(follow_redirects=False)
        self._url, self._key, self._body = f"{base_url.rstrip('/')}/chat/completions", key, dict(body)

    def ask(self, prompt: str, seconds: float) -> Reply:
        """The reply to a prompt, within so many seconds from connecting to the last byte. Raises Failure."""
        import httpx2

        try:
            with no_requests_logged():
                response, content = self._loop.run(self._asked(prompt, seconds))
        except (httpx2.TimeoutException, TimeoutError):
            raise Failure(f"does not answer within {seconds:.3g} s", passing=True) from None
        except httpx2.ConnectError:
            raise Failure("cannot be reached", passing=True) from None
        # Not only HTTPError: what a broken peer makes a client raise is not all foreseen, and may quote the request.
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, ValueError, OSError) as error:
            raise Failure(f"breaks the connection off ({type(error).__name__})", passing=True) from None
        if response.status_code != 200:
            raise _refusal(response.status_code, response.headers, len(content))
        return self._reply(content)

    def close(self) -> None:
        with self._loop:
            self._loop.run(self._client.aclose())

    async def _asked(self, prompt: str, seconds: float) -> "tuple[httpx2.Response, bytes]":
        """The response and its body. Raises TimeoutError."""
        body = {**self._body, "messages": [{"role": "user", "content": prompt}]}
        headers = {"Authorization": f"Bearer {self._key.get_secret_value()}"} if self._key else {}
        async with (
            asyncio.timeout(seconds),
            self._client.stream("POST", self._url, json=body, headers=headers, timeout=None) as response,
        ):
            return response, await _read(response)

    def _reply(self, body: bytes) -> Reply:
        """The reply in the JSON of a chat completion. What is none may be a proxy's, so it may be tried again."""
        try:
            content = json.loads(body.decode("utf-8", "replace"))
            said = content["choices"][0]["message"]
            words = said.get("content")
            if words is None:  # a refusal stands in a field of its own
                words = said.get("refusal") or ""
            if not isinstance(words, str):
                raise TypeError("the reply is no text")
            usage, model = content.get("usage") or {}, content.get("model")
            tokens = [_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens")]
            # Hidden here and not before: the JSON may have spelled the key in escapes.
            served = printable(self._hide_key(model)) if isinstance(model, str) else None
            return Reply(self._hide_key(words), *tokens, served)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            raise Failure(f"answers what is no chat completion ({len(body)} bytes)", passing=True) from None

    def _hide_key(self, text: str) -> str:
        """The text without the key: a server may send back what it was sent."""
        return hide(text, self._key.get_secret_value(), "[key]") if self._key else text


async def _read(response: "httpx2.Response") -> bytes:
    content = b""
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > LONGEST_BODY:
            raise Failure(f"answers with more than {LONGEST_BODY >> 20} MiB", passing=True)
    return content


def _refusal(status: int, headers: Mapping[str, str], length: int) -> Failure:
    if status in (401, 403):
        return Failure(f"refuses the key, or wants one (HTTP {status})", passing=False)
    if 300 <= status < 400:
        return Failure(f"points to another address (HTTP {status}); put the right one into base_url", passing=False)
    if status == 404:
        return Failure("knows no such address or model (HTTP 404); look at base_url and model", passing=False)
    import httpx2

    phrase = httpx2.codes.get_reason_phrase(status)  # the standard's, not the server's own; empty where there is none
    what = " ".join(filter(None, (f"answers HTTP {status}", phrase, f"({length} bytes)")))
    passing = status in PASSING or status >= 500
    return Failure(what, passing, _retry_after(headers.get("retry-after")), refused=status in REFUSED)


def _retry_after(value: str | None) -> float | None:
    """Seconds from a `Retry-After` header, which holds seconds or a date (RFC 9110, section 10.2.3)."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(seconds, 0.0) if seconds < float("inf") else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
