"""The sizes of an attention block, checked as transformers checks them."""

from dataclasses import dataclass

from experiments.parameters.config import Config


@dataclass(frozen=True)
class Attention:
    """Widths in elements: queries are heads x head_dim wide, keys and values kv heads x head_dim."""

    hidden: int
    heads: int
    queries: int
    keys: int

    @property
    def head_dim(self) -> int:
        return self.queries // self.heads


def attention(
    config: Config, *, kv_heads: int | None = None, head_dim: int | None = None, divides: bool = False
) -> Attention:
    """The attention sizes of a decoder config.

    ``kv_heads`` and ``head_dim`` are the config class's defaults (None: all heads, hidden_size / heads). Where
    ``divides``, the config class refuses a hidden_size that is no multiple of the heads even if head_dim is given.
    """
    hidden, heads = config.integer("hidden_size"), config.integer("num_attention_heads")
    width = config.optional_integer("head_dim") or head_dim
    if hidden % heads and (divides or width is None):
        raise config.error(f"hidden_size {hidden} is not a multiple of num_attention_heads {heads}", "hidden_size")
    given = "num_key_value_heads" in config.values
    if given:
        kv_heads = config.optional_integer("num_key_value_heads")
    kv_heads = kv_heads or heads
    if given and heads % kv_heads:  # transformers builds its own default whatever it divides
        raise config.error(
            f"num_key_value_heads {kv_heads} does not divide num_attention_heads {heads}", "num_key_value_heads"
        )
    width = width or hidden // heads
    return Attention(hidden, heads, heads * width, kv_heads * width)
