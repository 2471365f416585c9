"""The registry names every model of the source reports, and says what is wrong with a name."""

import subprocess
import sys

import pytest

from experiments.models.locate import family
from experiments.models.registry import model_entry, model_names
from experiments.tables.errors import UserError

SOURCES = {
    "llama-3.2-1b": "meta-llama/Llama-3.2-1B",
    "phi-2": "microsoft/phi-2",
    "openllama-7b": "openlm-research/open_llama_7b",
    "openhathi-7b": "sarvamai/OpenHathi-7B-Hi-v0.1-Base",
    "llama-2-7b": "meta-llama/Llama-2-7b-hf",
    "mistral-7b": "mistralai/Mistral-7B-v0.1",
    "gemma-2b": "google/gemma-2b",
}


@pytest.mark.parametrize("name", SOURCES)
def test_models_of_the_source_reports_are_registered(name):
    entry = model_entry(name)
    assert entry.hub.repo == SOURCES[name]
    assert family(entry) == "decoder"
    assert entry.source.startswith("https://")
    # A commit that was not read from the hub says so.
    assert entry.hub.revision is None or entry.hub.revision_source


def test_every_entry_is_valid_and_names_a_place():
    for name in model_names():
        entry = model_entry(name)
        assert entry.hub or entry.package or entry.recipe or entry.folder, name


def test_an_unknown_model_lists_the_known_and_guesses():
    with pytest.raises(UserError, match=r"unknown model llama-3.2-1 \(did you mean llama-3.2-1b\?\); there are .*phi"):
        model_entry("llama-3.2-1")


def test_naming_and_finding_a_model_imports_nothing_heavy():
    code = (
        "import sys; from experiments.models.locate import local_paths; import experiments.models.load;"
        "local_paths('minilm-l6'); local_paths('smoke-decoder');"
        "print(sorted({'torch', 'transformers', 'peft'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
