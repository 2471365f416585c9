"""Tiny checkpoints of many architectures: random weights, a tokenizer of bytes, as `from_pretrained` reads them."""

from pathlib import Path

SHAPE = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "initializer_range": 0.3,
}
GROUPED = {**SHAPE, "num_key_value_heads": 2, "head_dim": 8}
OPT = {"hidden_size": 32, "ffn_dim": 64, "num_hidden_layers": 3, "num_attention_heads": 4, "init_std": 0.3}
WINDOWS = {"sliding_window": 6, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"]}

DECODERS = {
    "llama": ("llama", {**GROUPED, "tie_word_embeddings": True}),
    "mistral": ("mistral", {**GROUPED, "sliding_window": 6}),
    "qwen2": ("qwen2", {**SHAPE, "num_key_value_heads": 2, "tie_word_embeddings": True}),
    "qwen3": ("qwen3", GROUPED),
    "gemma": ("gemma", GROUPED),
    "gemma2": ("gemma2", {**GROUPED, **WINDOWS, "query_pre_attn_scalar": 8, "final_logit_softcapping": 5.0}),
    "gemma3": ("gemma3_text", {**GROUPED, **WINDOWS, "query_pre_attn_scalar": 8}),
    "phi": ("phi", SHAPE),
    "phi3": ("phi3", {**SHAPE, "num_key_value_heads": 2, "pad_token_id": 0}),
    "gpt2": ("gpt2", {"n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 64, "initializer_range": 0.3}),
    "gpt-neox": ("gpt_neox", SHAPE),
    "opt-125m": ("opt", {**OPT, "max_position_embeddings": 64, "word_embed_proj_dim": 32}),
    "opt-350m": (
        "opt",
        {**OPT, "max_position_embeddings": 64, "word_embed_proj_dim": 16, "do_layer_norm_before": False},
    ),
    "bloom": ("bloom", {"hidden_size": 32, "n_layer": 3, "n_head": 4, "initializer_range": 0.3}),
    "mixtral": ("mixtral", {**GROUPED, "num_local_experts": 4}),
    "openai-gpt": ("openai-gpt", {"n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 64}),
    "stablelm": ("stablelm", {**SHAPE, "num_key_value_heads": 4}),
}
ENCODERS = {
    "bert": ("bert", SHAPE),
    "roberta": ("roberta", {**SHAPE, "type_vocab_size": 1}),
    "xlm-roberta": ("xlm-roberta", {**SHAPE, "type_vocab_size": 1}),
    "distilbert": (
        "distilbert",
        {"dim": 32, "hidden_dim": 64, "n_layers": 3, "n_heads": 4, "max_position_embeddings": 64},
    ),
    "electra": ("electra", {**SHAPE, "embedding_size": 16}),
    "mpnet": ("mpnet", SHAPE),
    "deberta-v2": ("deberta-v2", SHAPE),
    "squeezebert": (
        "squeezebert",
        {**SHAPE, "embedding_size": 32, **{f"{part}_groups": 1 for part in ("q", "k", "v", "intermediate", "output")}}
        | {"post_attention_groups": 1},
    ),
    "fnet": ("fnet", SHAPE),
    "modernbert": ("modernbert", {**SHAPE, "global_attn_every_n_layers": 2, "local_attention": 8}),
}


def write_checkpoint(folder: Path, name: str, spare_rows: int = 0) -> Path:
    """The checkpoint of a family below `folder`; the vocabulary is full unless rows are to spare."""
    import torch
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM

    encoder = name in ENCODERS
    kind, shape = (ENCODERS if encoder else DECODERS)[name]
    tokenizer = byte_tokenizer(encoder)
    ends = {"bos_token_id": 0, "eos_token_id": tokenizer.eos_token_id}
    pad = {"pad_token_id": tokenizer.pad_token_id} if encoder else {"pad_token_id": None}
    config = AutoConfig.for_model(kind, vocab_size=len(tokenizer) + spare_rows, **{**ends, **pad, **shape})
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        model = (AutoModel if encoder else AutoModelForCausalLM).from_config(config).eval()
        with torch.no_grad():
            for path, weights in model.named_parameters():  # norms too, so that norming twice makes a difference
                if "norm" in path.lower() or ".ln_" in path:
                    weights.add_(torch.rand_like(weights))
    model.save_pretrained(folder / name)
    tokenizer.save_pretrained(folder / name)
    return folder / name


def byte_tokenizer(encoder: bool):
    """One token for each byte; a decoder's one special token is GPT-2's, an encoder's are RoBERTa's."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = ["<s>", "<pad>", "</s>", "<unk>"] if encoder else ["<|endoftext|>"]
    tokens = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    backend = Tokenizer(models.BPE({token: index for index, token in enumerate(tokens)}, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    if encoder:
        backend.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
        names = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>"}
        return PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="<unk>", **names)
    end = special[0]
    return PreTrainedTokenizerFast(tokenizer_object=backend, bos_token=end, eos_token=end, unk_token=end)
