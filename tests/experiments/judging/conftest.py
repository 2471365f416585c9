"""Studies of judging in folders of their own, a table of answers for them, and an endpoint that behaves as told."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from experiments.data.load import load_split
from experiments.judging.study import Study
from experiments.study_files import load_study
from tests.experiments.smoke_tables import run_smoke, silent

KEY = "sk-canary-7f3a9b1c5d"
RETRIES = {
    "attempts": 4,
    "total_seconds": 20,
    "timeout_seconds": 5,
    "first_wait_seconds": 0.001,
    "longest_wait_seconds": 0.002,
}


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("COLOPHON_STUDIES", str(tmp_path / "studies"))
    for name in ("COLOPHON_MODELS_DIR", "COLOPHON_DATA_DIR", "COLOPHON_FROZEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def study(tmp_path):
    """`study(judges=[…], n=2)`: a study with these judges, of the answers that `answers` freezes, or of none."""

    def make(judges: list[dict], answers: bool | dict = True, n: int | None = None, **more) -> Study:
        chosen = {"table": "early-exit-alpaca/answers", "data": {"name": "smoke-instructions"}, "split": "all", "n": n}
        chosen = answers if isinstance(answers, dict) else chosen if answers else None
        settings = {"answers": chosen, "prompt": "Right or wrong?\n{material}\nVerdict:", "judges": judges} | more
        content = {"study": "small", "title": "Small", "system": "judging", "profiles": {"smoke": settings}}
        (tmp_path / "studies").mkdir(exist_ok=True)
        (tmp_path / "studies" / "small.yaml").write_text(yaml.safe_dump(content), "utf-8")
        return load_study("small")

    return make


@pytest.fixture
def frozen(tmp_path) -> Path:
    return tmp_path / "frozen"


@pytest.fixture
def answers(write_table, frozen):
    """`answers()`: freeze a table of answers in the columns of early-exit-alpaca/answers.

    At depth 2 the model repeats the reference; at depth 1 it says something wrong, and nothing to the last.
    """

    def make(rows: list[dict] | None = None, profile: str | None = "smoke", sha256: str | None = None) -> list[dict]:
        split = load_split("smoke-instructions", "all")
        columns = {
            "model": "string",
            "stage": "string",
            "run": "string",
            "depth": "integer",
            "id": "string",
            "text": "string",
            "tokens": "integer",
        }
        if rows is None:
            examples = split.examples[:3]
            rows = [
                {
                    "model": "smoke-decoder",
                    "stage": stage,
                    "run": run,
                    "depth": depth,
                    "id": example.id,
                    "text": example.output if depth == 2 else ("" if example is examples[-1] else "No idea."),
                    "tokens": 3,
                }
                for stage, run in (("base", "all"), ("fine-tuned", "seed-0"), ("fine-tuned", "seed-1"))
                for depth in (1, 2)
                for example in examples
            ]
        write_table(
            frozen,
            "early-exit-alpaca/answers",
            "measured",
            ("model", "stage", "run", "depth", "id"),
            columns,
            rows,
            {"smoke-instructions/all": sha256 or split.digests["smoke-instructions/all"]},
            profile,
        )
        return rows

    return make


@pytest.fixture
def run(frozen):
    """`run(study)`: the rows of every table, by its name."""

    def make(study: Study, progress=silent, folder: Path | None = None, seeds: tuple[int, ...] = ()) -> dict:
        return run_smoke(study, folder or frozen, seeds, progress)

    return make


def material(prompt: str) -> dict:
    """The texts that a prompt of these studies holds, in their order."""
    return json.loads(prompt.removeprefix("Right or wrong?\n").removesuffix("\nVerdict:"))


def honest(prompt: str) -> str:
    """Whether the answer is the reference."""
    texts = material(prompt)
    return "right" if texts["answer"] == texts["reference"] else "wrong"


class Endpoint:
    """A chat-completions endpoint on this machine. It does what `script` says, one entry a request, and then
    `always`; entries are called with the handler and the request's body."""

    def __init__(self) -> None:
        self.script: list = []
        self.always = says(honest)
        self.requests: list[tuple[dict, dict]] = []
        self.over = threading.Event()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.requests.append((dict(self.headers), {"path": self.path, **body}))
                behave = endpoint.script.pop(0) if endpoint.script else endpoint.always
                with contextlib.suppress(OSError):  # the client may have had enough
                    behave(self, body)

            def log_message(self, *arguments) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def prompts(self) -> list[str]:
        return [body["messages"][0]["content"] for _, body in self.requests]

    def judge(self, **more) -> dict:
        """The settings of a judge that asks it."""
        return {
            "kind": "endpoint",
            "name": "remote",
            "base_url": self.url,
            "model": "tiny",
            "key": "$TEST_JUDGE_KEY",
            "retries": RETRIES,
        } | more

    def hangs(self, handler, body) -> None:
        self.over.wait(30)

    def dribbles(self, handler, body) -> None:
        """A byte now and then, so that no single read times out."""
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        while not self.over.wait(0.02):
            handler.wfile.write(b" ")

    def dribbles_headers(self, handler, body) -> None:
        """The same before the body."""
        handler.send_response(200)
        handler.flush_headers()
        while not self.over.wait(0.02):
            handler.wfile.write(b"X-More: x\r\n")

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


def answers_with(content: bytes, status: int = 200, **headers: str):
    """A behaviour: these bytes."""

    def behave(handler, body) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return behave


def completes(message: dict, usage: dict | None = None, model: str = "tiny-2") -> bytes:
    content = {"object": "chat.completion", "model": model, "choices": [{"index": 0, "message": message}]}
    return json.dumps(content | ({"usage": usage} if usage else {})).encode()


def says(what, counted: bool = True):
    """A behaviour: a chat completion that says `what(prompt)`, or `what` itself."""

    def behave(handler, body) -> None:
        prompt = body["messages"][0]["content"]
        words = what(prompt) if callable(what) else what
        usage = {"prompt_tokens": len(prompt.split()), "completion_tokens": 1} if counted else None
        answers_with(completes({"role": "assistant", "content": words}, usage))(handler, body)

    return behave


def closes(handler, body) -> None:
    """A behaviour: the connection ends without a word."""
    handler.close_connection = True
    handler.connection.close()


@pytest.fixture
def endpoint(monkeypatch):
    monkeypatch.setenv("TEST_JUDGE_KEY", KEY)
    made = Endpoint()
    yield made
    made.close()
