"""The component that a parameter belongs to, told by its name in transformers' models or in a GGUF file."""

import re

from experiments.parameters.modules import Component

# In this order: a norm of an attention block is a norm, and the dense layer of a head is no MLP.
_BY_NAME: tuple[tuple[Component, re.Pattern[str]], ...] = tuple(
    (component, re.compile(pattern))
    for component, pattern in (
        ("norms", r"(?i)norm|(^|\.)(ln|bn|gn)(_?\w+)?\d*\.|(^|[._])(ln|ln_\w+|\w+_ln)\."),
        (
            "head",
            r"(^|\.)(lm_head|embed_out|score|\w*classifier|classification_head|qa_outputs|cls|pooler|vocab_transform"
            r"|vocab_projector|generator_lm_head|\w*_predictions|predictions|lm_logits|logits_proj|v_head|summary"
            r"|sequence_summary|seq_relationship|output_projection|pred_layer|lm_loss)(\.|$)|^(output|head)\.|^decoder\.(weight|bias)$",
        ),
        (
            "attention",
            r"(?i)attn|attention|(^|[._])(q|k|v|o|qkv)(_proj|_lin)?\.|query_key_value|relative_attention_bias",
        ),
        (
            "mlp",
            r"(?i)(^|[._])(mlp|ffn|ff|feed_?forward|densereludense|moe|\w*_moe|experts?|shared_expert\w*|router)[._\d]"
            r"|\.layers?\.\d+\.(intermediate|output)\.|(^|\.)(fc_?\d|fc_in|fc_out|c_fc|w[123i](_\d)?|lin\d)\."
            r"|(gate|up|down|gate_up)_proj|dense_h_to_4h|dense_4h_to_h|ffn_\w+",
        ),
        (
            "embedding",
            r"(?i)embed|embd|(^|\.)(wte|wpe|shared|token_types|position\w*|project_in|project_out|mask_emb|transformer\.w)(\.|$)",
        ),
    )
)


def component_of(name: str) -> Component:
    """The component of the parameter ``name``; ``other`` where its name tells none."""
    return next((component for component, pattern in _BY_NAME if pattern.search(name)), "other")
