"""Which weights transformers 5.23 packs when it loads a model through bitsandbytes, and what that hides.

Sources: ``transformers/quantizers/base.py`` (``get_keys_to_not_convert``), ``transformers/integrations/
bitsandbytes.py`` (only linear weights are replaced), ``bitsandbytes/functional.py`` (``quantize_4bit``: two weights
to a byte). NF4's absmax values and INT8's column scales are buffers beside the weight, not elements of it.
"""

from collections.abc import Sequence
from typing import Literal

from experiments.parameters.lora import output_layer
from experiments.parameters.modules import Module
from experiments.tables.errors import UserError

Quantization = Literal["nf4", "int8", "q4_1", "q4_k_m"]
GGUF: tuple[Quantization, ...] = ("q4_1", "q4_k_m")
"""How llama.cpp quantises a whole file; see `experiments.parameters.gguf_types`."""


class QuantizationError(UserError):
    """Weights that cannot be packed as asked."""


def packed(modules: Sequence[Module], trained_whole: frozenset[str], never: Sequence[str] = ()) -> set[str]:
    """Names of the linear layers whose weights are packed.

    Left out are the language-model head, a weight that is the very last parameter of the model (``score``, but not
    ``classifier`` or ``qa_outputs``: there the bias comes last), and what an adapter trains whole: PEFT refuses to
    train a packed head, so that such a run has to name it in ``llm_int8_skip_modules``. ``never`` are the names of
    modules that transformers keeps in float32.
    """
    last = set() if modules[-1].has_bias else {modules[-1].name}
    linear = {m.name for m in modules if m.kind == "linear" and m.name.rpartition(".")[2] not in never}
    return linear - output_layer(modules) - last - trained_whole


def stored_weight(elements: int, quantization: Quantization) -> int:
    """Elements of the tensor that holds ``elements`` packed weights: NF4 puts two into one uint8, INT8 one."""
    return -(-elements // 2) if quantization == "nf4" else elements
