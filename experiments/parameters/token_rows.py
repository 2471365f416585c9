"""Rows of an embedding that are trained beside an adapter: ``trainable_token_indices`` of PEFT 0.21.2.

Source: ``peft/utils/other.py`` (``set_additional_trainable_modules``).
"""

from collections.abc import Sequence, Set

from experiments.parameters.lora import Lora, LoraError, describe_targets, output_layer, path_above
from experiments.parameters.modules import Module
from experiments.tables.errors import printable

_INPUTS = ("embed_tokens", "wte", "word_embeddings", "embed_in", "shared")


def trained_tokens(lora: Lora, modules: Sequence[Module], taken: Set[str]) -> dict[str, int]:
    """Elements of the rows that ``tokens`` train, by the names of the embeddings and output layers.

    A layer that is tied to another with the same rows trains them there. Raises :class:`LoraError` for rows that there
    are not, and for layers that are none or are ``taken``, adapted or trained whole already.
    """
    rows: dict[str, tuple[int, ...]] = {}
    outputs = output_layer(modules)
    by_name = {module.name: module for module in modules}
    for end, indices in lora.tokens:
        name = end or _input_embedding(modules)
        there = sorted(module.name for module in modules if any(path.endswith(name) for path in path_above(module)))
        if not there:
            raise LoraError(
                f"trainable_token_indices: there is no module {printable(name)!r}; {describe_targets(modules)}"
            )
        for found in there:
            if by_name[found].kind != "embedding" and found not in outputs:
                raise LoraError(f"trainable_token_indices: {found} is neither an embedding nor an output layer")
            if found in taken:
                raise LoraError(f"trainable_token_indices: {found} is adapted or trained whole already")
            most = by_name[found].rows
            if wrong := [index for index in indices if not -most <= index < most]:
                raise LoraError(f"trainable_token_indices: {found} has {most:,} rows, and so no token {wrong[0]}")
            rows[found] = indices
    owned = [indices for name, indices in rows.items() if not by_name[name].tied_weight]
    return {
        name: len(indices) * by_name[name].columns
        for name, indices in rows.items()
        if not (by_name[name].tied_weight and indices in owned)
    }


def _input_embedding(modules: Sequence[Module]) -> str:
    names = [module.name for module in modules if module.kind == "embedding"]
    found = next((name for name in names if name.rpartition(".")[2] in _INPUTS), None)
    if found is None:
        raise LoraError('trainable_token_indices: name the embedding, as in {"embed_tokens": [0, 1]}')
    return found
