"""Kernels find no secret in their environment, whichever engine starts them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from report.press.execute.kernel import kernel_environment
from report.rendering.ipython import ipython_environment

TELL = """
import os
from IPython.terminal.ipapp import TerminalIPythonApp

app = TerminalIPythonApp.instance()
app.initialize(["--no-banner"])
left = "[name for name in dir() if 'secret' in name]"
app.shell.run_cell(f"import os; print(sorted(name for name in os.environ if 'MINE' in name), {left})")
"""
SECRETS = {"MINE_TOKEN": "a", "MINE_API_KEY": "b", "MINE_PASSWORD": "c", "MINE_PROXY": "http://me:pass@host.invalid"}
OTHERS = {"MINE_FOLDER": "/tmp", "TOKENIZERS_MINE": "false"}


def test_the_embedded_renderer_starts_them_without(tmp_path, monkeypatch):
    for name, value in (SECRETS | OTHERS).items():
        monkeypatch.setenv(name, value)
    assert {name for name in kernel_environment(tmp_path) if "MINE" in name} == set(OTHERS)


@pytest.mark.skipif(not Path("/proc/self/environ").is_file(), reason="no /proc")
def test_a_kernel_that_quarto_starts_was_not_started_with_them(tmp_path):
    """What a program is started with stands in /proc as long as it runs."""
    environment = {**os.environ, **SECRETS, **OTHERS, **ipython_environment(tmp_path)}
    said, told = [], "import os; print(open('/proc/self/environ').read().split(chr(0))); print(os.getpid())"
    manager, client = start_new_kernel(env=environment)
    try:
        client.execute_interactive(
            told, timeout=60, output_hook=lambda message: said.append(message["content"].get("text", ""))
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    shown = "".join(said)
    assert all(f"{name}={value}" in shown for name, value in OTHERS.items())
    assert not [name for name in SECRETS if name in shown]
    assert str(manager.provisioner.pid or "") in shown


def test_those_that_quarto_starts_take_them_out_before_the_first_cell(tmp_path):
    environment = {**os.environ, **SECRETS, **OTHERS, **ipython_environment(tmp_path)}
    done = subprocess.run([sys.executable, "-c", TELL], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith(f"{sorted(OTHERS)} []"), done.stdout + done.stderr
