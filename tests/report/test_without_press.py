"""The embedded renderer can be deleted: everything else imports and renders, with Quarto, without it."""

import os
import subprocess
import sys
from pathlib import Path

from experiments.tables.locations import PACKAGE_ROOT

# Stands in for Quarto: resolves the project and runs the hooks as it does, and writes the pages that it would.
QUARTO = """#!{python}
import json, os, runpy, shutil, subprocess, sys
from pathlib import Path
import pypandoc, yaml
if sys.argv[1] == "--version":
    raise SystemExit(print("1.10.18"))
if sys.argv[1] == "inspect":
    config = yaml.safe_load(Path("_quarto.yml").read_text())
    config["book"]["render"] = [dict(type="chapter", file=name) for name in config["book"]["chapters"]]
    raise SystemExit(print(json.dumps(dict(config=config, files=dict(config=[])))))
def run(name):
    if subprocess.run([sys.executable, "-m", "report.hooks." + name]).returncode:
        raise SystemExit(1)
run("pre_render")
pages = dict(index="index.html", counting="report/counting.html", prose="report/prose.html")
for chapter, href in pages.items():
    page = Path("_site", href)
    page.parent.mkdir(parents=True, exist_ok=True)
    html = pypandoc.convert_text(Path("printed", chapter).read_text(), "html", format="markdown")
    html = html.replace("data-fig-alt=", "alt=")
    page.write_text(f"<!DOCTYPE html><html><body>{{html}}</body></html>")
shutil.copytree(Path("report", "figures"), Path("_site", "report", "figures"))
os.environ["QUARTO_PROJECT_OUTPUT_FILES"] = "\\n".join(f"_site/{{href}}" for href in pages.values())
os.environ["QUARTO_PROJECT_RENDER_ALL"] = "1"
run("post_render")
"""
# Imports every module with the embedded renderer out of reach, then runs the command.
BLOCKED = """
import importlib, pkgutil, sys
sys.modules["report.press"] = None
import report
for module in pkgutil.walk_packages(report.__path__, "report.", onerror=lambda name: None):
    if not module.name.startswith(("report.press", "report.template")):
        importlib.import_module(module.name)
from report.rendering.cli import main
raise SystemExit(main(sys.argv[1:]))
"""


# A module of it is imported, or a render with it is asked for.
NEEDS_PRESS = r"report[./]press\b|(--engine|engines =|Request\(engine)[\" ,=[]+press"


def report(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BLOCKED, *arguments]
    here = {**os.environ, **environment}
    return subprocess.run(command, cwd=root, env=here, capture_output=True, text=True, check=False)


def test_everything_else_works_with_quarto(project, tmp_path_factory):
    program = tmp_path_factory.mktemp("bin") / "quarto"
    program.write_text(QUARTO.format(python=sys.executable))
    program.chmod(0o755)
    done = report(project.root, "render", QUARTO_PATH=str(program))
    assert done.returncode == 0, done.stderr
    assert "rendering with Quarto 1.10.18" in done.stdout
    assert (project.output_dir / "facts.json").is_file()
    assert "nothing has changed" in report(project.root, "render", QUARTO_PATH=str(program)).stdout
    assert report(project.root, "check").returncode == 0


def test_without_either_the_way_out_is_one_line(project):
    for engine in ("auto", "press"):
        done = report(project.root, "render", "--engine", engine, QUARTO_PATH="/nowhere")
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert "report.press" in done.stderr


def test_the_readme_names_all_that_is_about_it():
    """What imports or runs the embedded renderer, itself and its own tests apart."""
    found = subprocess.run(
        ["git", "grep", "-lE", NEEDS_PRESS, "--", "tests", "experiments", "Makefile"],
        cwd=PACKAGE_ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    readme = (PACKAGE_ROOT / "README.md").read_text("utf-8")
    told = readme[readme.index("To do without it, delete") :].partition("\n## ")[0]
    for name in found:
        path = Path(name)
        if name in ("tests/report/test_without_press.py", "Makefile") or name.startswith("tests/report/press/"):
            continue
        places = (name, path.stem, *(f"{parent.as_posix()}/" for parent in path.parents))
        assert any(f"`{place}`" in told for place in places), name
