"""Whether a model writes on from a text or encodes one: told from its config by transformers' own tables of classes.

The tables are read from transformers' source, without importing it, so that a study is checked in no time.
"""

import ast
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

Family = Literal["decoder", "encoder", "other"]

CAUSAL, MASKED = "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES", "MODEL_FOR_MASKED_LM_MAPPING_NAMES"
BLOCKS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")  # what configs call the number of blocks


def family_of(config: Mapping[str, object]) -> Family | None:
    """The family of the model that a config describes; None where transformers is not installed.

    A decoder's class predicts the next token and none of it a masked one, or its config says `is_decoder`; an encoder's
    class predicts masked tokens (BERT, RoBERTa, DistilBERT, MPNet, …). Everything else, such as T5, is "other".
    """
    tables = _tables()
    if tables is None:
        return None
    kind = config.get("model_type")
    if config.get("is_encoder_decoder") or kind not in tables[CAUSAL] | tables[MASKED]:
        return "other"
    return "encoder" if kind in tables[MASKED] and not config.get("is_decoder") else "decoder"


def blocks_of(config: Mapping[str, object]) -> int | None:
    """The number of blocks, None where the config does not say."""
    return next((config[name] for name in BLOCKS if isinstance(config.get(name), int)), None)


@cache
def _tables() -> Mapping[str, frozenset[str]] | None:
    """The model types that have a class for the next token, and for a masked one."""
    try:
        found = find_spec("transformers")
    except ModuleNotFoundError:
        return None
    if found is None or not found.submodule_search_locations:
        return None
    source = Path(found.submodule_search_locations[0]) / "models" / "auto" / "modeling_auto.py"
    return {name: _model_types(node) for name, node in _assigned(ast.parse(source.read_bytes())).items()}


def _assigned(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in (CAUSAL, MASKED)
    }


def _model_types(node: ast.expr) -> frozenset[str]:
    """The keys of `OrderedDict([("bert", "BertForMaskedLM"), …])`."""
    return frozenset(kind for kind, _ in ast.literal_eval(node.args[0]))
