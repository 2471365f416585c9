"""The hub, against a real server on this machine: what it serves, refuses, or leaves hanging."""

import json
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer

import pytest

from tests.experiments.answering_server import AnsweringHandler

COMMIT = "a" * 40
FILES = {"config.json": b"{}", "model.safetensors": b"weights", "pytorch_model.bin": b"pickled", "README.md": b"read"}


class Hub(AnsweringHandler):
    """The three addresses that a snapshot needs; what is asked for is noted in `asked`."""

    mode = "serve"
    asked: tuple[str, ...] = ()

    def do_GET(self):
        type(self).asked = (*self.asked, self.path)
        if self.mode == "hang":
            self.server.released.wait(60)
        elif self.mode in ("gated", "missing"):
            code, name = {"gated": (403, "GatedRepo"), "missing": (404, "RepoNotFound")}[self.mode]
            self.answer(b"{}", code, {"X-Error-Code": name, "X-Error-Message": "secret-in-a-header"})
        elif "/tree/" in self.path:
            tree = [{"type": "file", "path": name, "size": len(body), "oid": "0" * 40} for name, body in FILES.items()]
            self.answer(json.dumps(tree).encode())
        elif self.path.startswith("/api/"):
            info = {
                "id": "openlm-research/open_llama_7b",
                "sha": COMMIT,
                "siblings": [{"rfilename": name} for name in FILES],
            }
            self.answer(json.dumps(info).encode())
        else:
            name = self.path.rpartition("/")[2]
            self.answer(FILES[name], headers={"X-Repo-Commit": COMMIT, "ETag": f'"{name}"'})


@pytest.fixture
def locate(tmp_path):
    """`locate(mode, revision)` in a process of its own that knows our server as the hub: (its output, the server)."""
    handler = type("Handler", (Hub,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads, server.released = True, threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def run(mode, revision=COMMIT, **environment):
        handler.mode = mode
        code = (
            "from experiments.hub import snapshot; snapshot.ANSWER_SECONDS = 2.0\n"
            "from experiments.models.locate import locate, pinned\n"
            "from experiments.tables.errors import UserError\n"
            "try:\n"
            f"    found = locate(pinned('openllama-7b', {revision!r}))\n"
            "    print(found.how, found.revision, *sorted(p.name for p in found.folder.iterdir()))\n"
            "except UserError as error:\n"
            "    print(error)\n"
        )
        settings = {
            "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
            "HF_HOME": str(tmp_path / "home"),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "PATH": "",
            **environment,
        }
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=settings, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout, handler.asked

    yield run
    server.released.set()
    server.shutdown()


def test_a_pinned_snapshot_is_fetched_and_then_found_without_asking(locate):
    output, asked = locate("serve")
    assert output == f"hub {COMMIT} config.json model.safetensors\n"
    assert not any("pytorch_model.bin" in path or "README" in path for path in asked)
    again, asked_again = locate("serve")
    assert again == f"hub cache {COMMIT} config.json model.safetensors\n"
    assert asked_again == asked


def test_a_hub_that_never_answers_is_given_up(locate):
    output, _ = locate("hang")
    assert "the hub did not answer within 2 s" in output or "the hub cannot be reached" in output
    assert "--models-dir" in output


def test_offline_nothing_is_asked(locate):
    output, asked = locate("serve", HF_HUB_OFFLINE="1")
    assert "the network is switched off (HF_HUB_OFFLINE)" in output
    assert asked == ()


def test_without_a_pinned_commit_nothing_is_asked(locate):
    output, asked = locate("serve", revision=None)
    assert "openlm-research/open_llama_7b has no pinned revision" in output
    assert asked == ()


@pytest.mark.parametrize(
    ("mode", "message"),
    [("gated", "is gated: accept its licence on the hub and set HF_TOKEN"), ("missing", "there is no openlm-research")],
)
def test_a_refusal_is_one_line_without_the_token(locate, mode, message):
    output, _ = locate(mode, HF_TOKEN="hf_verysecret")
    assert message in output
    assert output.count("\n") == 1
    assert "secret" not in output


def test_no_server_at_all_is_one_line(locate):
    output, _ = locate("serve", HF_ENDPOINT="http://127.0.0.1:9")
    assert "the hub cannot be reached" in output
    assert output.count("\n") == 1
