"""Checkpoints of random weights: our own smoke models, the random-weights control of a model, and full-size shapes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from experiments.models.families import family_of
from experiments.models.registry import VOCABULARY, Entry
from experiments.tables.errors import UserError, printable


@contextmanager
def seeded(seed: int, device: str = "cpu") -> Iterator[None]:
    """Random numbers from `seed` on the CPU, and on all GPUs where `device` is one; afterwards as if nothing was."""
    import torch

    devices = [] if device == "cpu" else range(torch.cuda.device_count())
    with torch.random.fork_rng(devices=devices):
        (torch.manual_seed if devices else torch.default_generator.manual_seed)(seed)
        yield


def write_checkpoint(entry: Entry, config: Mapping[str, object], seed: int, folder: Path, dtype: str) -> None:
    """Write config and weights into `folder`: the architecture's own initialisation from `seed`, on the CPU.

    The same seed gives the same bytes. A decoder has its vocabulary head, an encoder nothing on top. Raises UserError
    where transformers does not take the config.
    """
    import torch
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM

    kind = AutoModelForCausalLM if family_of(config) == "decoder" else AutoModel
    try:
        settings = AutoConfig.for_model(**{**config, "dtype": dtype})
        with seeded(seed):
            model = kind.from_config(settings, dtype=getattr(torch, dtype))
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(f"{entry.name}: no model can be built from its config: {printable(str(error), 200)}") from None
    model.save_pretrained(folder)


def write_tokenizer(entry: Entry, folder: Path) -> None:
    """Write the tokenizer of the smoke models: lower-case words and letters, listed in `vocabulary.txt`.

    Every printable ASCII text is encoded without unknown tokens. A decoder's texts start with `<s>`; an encoder's
    also end in `</s>`, and so does each part of a pair.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokens = VOCABULARY.read_text(encoding="utf-8").splitlines()
    ids = {token: index for index, token in enumerate(tokens)}
    backend = Tokenizer(models.WordPiece(ids, unk_token="<unk>"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.decoder = decoders.WordPiece()
    decoder = family_of(entry.config) == "decoder"
    single, pair = ("<s> $A", "<s> $A $B") if decoder else ("<s> $A </s>", "<s> $A </s> $B:1 </s>:1")
    special = [(token, ids[token]) for token in ("<s>", "</s>")]
    backend.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=special)
    ends = {} if decoder else {"cls_token": "<s>", "sep_token": "</s>"}
    PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
        model_max_length=entry.config["max_position_embeddings"],
        model_input_names=["input_ids", "attention_mask", *(["token_type_ids"] if ends else [])],
        clean_up_tokenization_spaces=False,
        **ends,
    ).save_pretrained(folder)
