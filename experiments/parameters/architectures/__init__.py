"""The architectures that can be counted, by ``model_type`` of their config.

Each follows the modeling file of the same name in transformers 5.23 (``transformers/models/<model_type>/``), module
for module and name for name, because LoRA targets are matched against those names. Every other ``model_type`` that
transformers knows is counted by the model that transformers builds on the meta device.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from experiments.parameters.architectures import bert, distilbert, gemma, gpt2, gpt_neox, llama, opt, phi, phi3, qwen
from experiments.parameters.architectures.roberta import roberta
from experiments.parameters.architectures.shape import Architecture, Head
from experiments.parameters.architectures.t5 import t5
from experiments.parameters.config import Config
from experiments.tables.errors import printable

_QUERY_VALUE = ("q_proj", "v_proj")
_ALL: tuple[Head, ...] = ("none", "causal", "classification", "qa")
_NO_ANSWERS: tuple[Head, ...] = ("none", "causal", "classification")
_ENCODER: tuple[Head, ...] = ("none", "causal", "masked", "classification", "qa")
_T5: tuple[Head, ...] = ("none", "seq2seq", "classification", "qa")
_BERT = ("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
_KEY_HEADS = "num_key_value_heads"
_DECODER = (*_BERT, _KEY_HEADS)


def _sizes(keys: tuple[str, ...], *values: int) -> dict[str, int]:
    return dict(zip(keys, values, strict=True))


_BERT_SIZES = {**_sizes(_BERT, 30522, 768, 3072, 12, 12), "max_position_embeddings": 512}
_T5_NAMES = {"hidden_size": "d_model", "num_hidden_layers": "num_layers", "num_attention_heads": "num_heads"}
_T5_KEYS = ("vocab_size", "d_model", "d_kv", "d_ff", "num_layers", "num_heads")

ARCHITECTURES = {
    architecture.model_type: architecture
    for architecture in (
        Architecture("llama", llama.llama, _ALL, "causal", _QUERY_VALUE, _sizes(_BERT, 32000, 4096, 11008, 32, 32)),
        Architecture(
            "mistral", llama.mistral, _ALL, "causal", _QUERY_VALUE, _sizes(_DECODER, 32000, 4096, 14336, 32, 32, 8)
        ),
        Architecture(
            "qwen2", qwen.qwen2, _ALL, "causal", _QUERY_VALUE, _sizes(_DECODER, 151936, 4096, 22016, 32, 32, 32)
        ),
        Architecture(
            "qwen3", qwen.qwen3, _ALL, "causal", _QUERY_VALUE, _sizes(_DECODER, 151936, 4096, 22016, 32, 32, 32)
        ),
        Architecture(
            "gemma",
            gemma.gemma,
            _NO_ANSWERS,
            "causal",
            _QUERY_VALUE,
            _sizes(_DECODER, 256000, 3072, 24576, 28, 16, 16),
            tied=True,
        ),
        Architecture(
            "gemma2",
            gemma.gemma2,
            _NO_ANSWERS,
            "causal",
            _QUERY_VALUE,
            _sizes(_DECODER, 256000, 2304, 9216, 26, 8, 4),
            tied=True,
        ),
        Architecture(
            "gemma3_text",
            gemma.gemma3_text,
            _NO_ANSWERS,
            "causal",
            _QUERY_VALUE,
            _sizes(_DECODER, 262208, 2304, 9216, 26, 8, 4),
            tied=True,
        ),
        Architecture(
            "phi",
            phi.phi,
            _NO_ANSWERS,
            "causal",
            (*_QUERY_VALUE, "fc1", "fc2"),
            _sizes(_BERT, 51200, 2048, 8192, 24, 32),
        ),
        Architecture("phi3", phi3.phi3, _NO_ANSWERS, "causal", (), _sizes(_BERT, 32064, 3072, 8192, 32, 32)),
        Architecture(
            "gpt2",
            gpt2.gpt2,
            _ALL,
            "causal",
            ("c_attn",),
            _sizes(("vocab_size", "n_embd", "n_layer", "n_head"), 50257, 768, 12, 12),
            tied=True,
            aliases={
                "hidden_size": "n_embd",
                "max_position_embeddings": "n_positions",
                "num_attention_heads": "n_head",
                "num_hidden_layers": "n_layer",
            },
        ),
        Architecture(
            "gpt_neox",
            gpt_neox.gpt_neox,
            _ALL,
            "causal",
            ("query_key_value",),
            _sizes(_BERT, 50432, 6144, 24576, 44, 64),
        ),
        Architecture(
            "opt",
            opt.opt,
            _ALL,
            "causal",
            _QUERY_VALUE,
            _sizes(
                ("vocab_size", "hidden_size", "ffn_dim", "num_hidden_layers", "num_attention_heads"),
                50272,
                768,
                3072,
                12,
                12,
            ),
            tied=True,
        ),
        # An encoder without a task is the encoder with its pooler, as AutoModel builds it.
        Architecture("bert", bert.bert, _ENCODER, "none", ("query", "value"), _BERT_SIZES, tied=True),
        Architecture(
            "roberta", roberta, _ENCODER, "none", ("query", "value"), {**_BERT_SIZES, "vocab_size": 50265}, tied=True
        ),
        Architecture("xlm-roberta", roberta, _ENCODER, "none", ("query", "value"), _BERT_SIZES, tied=True),
        Architecture("camembert", roberta, _ENCODER, "none", (), _BERT_SIZES, tied=True),
        Architecture(
            "distilbert",
            distilbert.distilbert,
            ("none", "masked", "classification", "qa"),
            "none",
            (),
            _sizes(("vocab_size", "dim", "hidden_dim", "n_layers", "n_heads"), 30522, 768, 3072, 6, 12),
            tied=True,
            aliases={"hidden_size": "dim", "num_attention_heads": "n_heads", "num_hidden_layers": "n_layers"},
        ),
        Architecture(
            "t5",
            t5,
            _T5,
            "seq2seq",
            ("q", "v"),
            _sizes(_T5_KEYS, 32128, 512, 64, 2048, 6, 8),
            tied=True,
            aliases=_T5_NAMES,
            never_packed=("wo",),
        ),
        Architecture(
            "mt5",
            t5,
            _T5,
            "seq2seq",
            ("q", "v"),
            _sizes(_T5_KEYS, 250112, 512, 64, 1024, 8, 6),
            tied=True,
            aliases=_T5_NAMES,
            never_packed=("wo",),
        ),
    )
}


def closed_form(config: Config) -> Architecture | None:
    """The architecture of a config that has a closed form; None for any other."""
    model_type = config.values.get("model_type")
    return ARCHITECTURES.get(model_type) if isinstance(model_type, str) else None


def architecture_of(config: Config) -> Architecture:
    """The architecture of a config.

    Raises :class:`ConfigError` where neither a closed form nor transformers knows it, or where it takes transformers
    and that is not installed.
    """
    model_type = config.text("model_type")
    if known := closed_form(config):
        return known
    from experiments.parameters.architectures.on_meta import built_architecture

    return built_architecture(config, model_type)


def completed(config: Config) -> tuple[Config, list[str]]:
    """The config under the names that its class uses, and what a reader should know about sizes that it leaves out.

    A config that gives no size at all is one of a model of the default sizes, as transformers would build it, and so is
    a size that it leaves out. Raises :class:`ConfigError` where two names of one size contradict each other, where a
    size seems to be given by another name, and where transformers, which has the defaults, is not installed.
    """
    architecture = closed_form(config)
    if architecture is None:
        sizes = any(isinstance(value, int | dict) and not isinstance(value, bool) for value in config.values.values())
        return config, [] if sizes else ["the config gives no sizes: the defaults of transformers are counted"]
    values = dict(config.values)
    sizes = architecture.sizes
    for other, name in architecture.aliases.items():
        if other in values and values.setdefault(name, values[other]) != values[other]:
            one, two = (printable(repr(values[key])) for key in (name, other))
            raise config.error(f"{name} is {one}, but {other}, another name of it, is {two}", name, other)
    missing = [key for key in sizes if key not in values and key != _KEY_HEADS]
    notes = []
    if len(missing) == len(sizes.keys() - {_KEY_HEADS}) and _KEY_HEADS not in values:
        notes.append(f"the config gives no sizes: these are the defaults of transformers ({_shown(sizes)})")
        return replace(config, values={**sizes, **values}), notes
    if missing:
        from experiments.parameters.architectures.on_meta import default_values

        defaults = default_values(config, architecture.model_type, missing[0])
        _refuse_other_names(config, architecture, missing, defaults)
        filled = {key: defaults[key] for key in missing}
        notes.append(f"the config does not give {_shown(filled)}: these are the defaults of transformers")
        values = {**filled, **values}
    heads, default = values["num_attention_heads"] if _KEY_HEADS in sizes else None, sizes.get(_KEY_HEADS)
    if default and _KEY_HEADS not in values and isinstance(heads, int) and heads % default:
        notes.append(
            f"{_KEY_HEADS} is {default} by default, which does not divide num_attention_heads {heads}: counted as "
            "transformers builds it, although such a model cannot run"
        )
    return replace(config, values=values), notes


def _shown(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{key} {number:,}" for key, number in sizes.items())


def _refuse_other_names(
    config: Config, architecture: Architecture, missing: Sequence[str], defaults: Mapping[str, object]
) -> None:
    """Raise :class:`ConfigError` where one of the missing sizes seems to be given by a name that is not its own."""
    known = {*defaults, *architecture.sizes, *architecture.aliases}
    elsewhere = {key for each in ARCHITECTURES.values() for key in (*each.sizes, *each.aliases)}
    for key, value in config.values.items():
        if key in known or isinstance(value, bool) or not isinstance(value, int):
            continue
        meant = [name for name in missing if _is_like(key, name)]
        if meant or key in elsewhere:
            hint = f"did you mean {meant[0]}?" if meant else f"it has no {', '.join(missing)}"
            raise config.error(f"{printable(key, 60)} is no size of {architecture.model_type}; {hint}", key)


def _is_like(key: str, name: str) -> bool:
    """Whether a key could be a slip for a name: "n_layers" or "num_layers" for "num_hidden_layers"."""
    one, other = ({word.removesuffix("s") for word in each.lower().split("_")} for each in (key, name))
    return one <= other or other <= one or SequenceMatcher(None, key.lower(), name).ratio() >= 0.75
