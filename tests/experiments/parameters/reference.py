"""The other way to count: build the real model on the meta device, wrap it with PEFT, and add up its parameters."""

import json
import re
import tempfile
from collections import Counter
from pathlib import Path

import torch
from peft import IA3Config, LoraConfig, PrefixTuningConfig, PromptTuningConfig, get_peft_model
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForQuestionAnswering,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    BitsAndBytesConfig,
)

AUTO_CLASSES = {
    "none": (AutoModel, "FEATURE_EXTRACTION"),
    "causal": (AutoModelForCausalLM, "CAUSAL_LM"),
    "masked": (AutoModelForMaskedLM, "FEATURE_EXTRACTION"),
    "seq2seq": (AutoModelForSeq2SeqLM, "SEQ_2_SEQ_LM"),
    "classification": (AutoModelForSequenceClassification, "SEQ_CLS"),
    "qa": (AutoModelForQuestionAnswering, "QUESTION_ANS"),
}


def transformers_config(values, labels=None):
    values = dict(values)
    config = AutoConfig.for_model(values.pop("model_type"), **values)
    if labels is not None:
        config.num_labels = labels
    return config


def meta_model(values, head, labels=None):
    config = transformers_config(values, labels)
    with torch.device("meta"):
        return AUTO_CLASSES[head][0].from_config(config)


def with_lora(model, head, rank, targets, empty=True):
    """PEFT's model, for targets written as PEFT wants them: None, a string, or a list of names. `empty` matrices of an
    adapter are counted as others are, and take no time to fill."""
    saved = ["qa_outputs"] if head == "qa" else None  # spelt out: PEFT 0.21.2 would adapt *and* save the head
    config = LoraConfig(r=rank, target_modules=targets, task_type=AUTO_CLASSES[head][1], modules_to_save=saved)
    return get_peft_model(model, config, low_cpu_mem_usage=empty)


def with_adapter(model, head, **options):
    """PEFT's model with any adapter that LoraConfig describes."""
    if head == "qa" and not options.get("modules_to_save"):
        options["modules_to_save"] = ["qa_outputs"]
    return get_peft_model(model, LoraConfig(task_type=AUTO_CLASSES[head][1], **options))


def with_other_adapter(model, head, method, tokens):
    """PEFT's model with an adapter other than LoRA."""
    task = AUTO_CLASSES[head][1]
    config = {
        "prompt tuning": lambda: PromptTuningConfig(task_type=task, num_virtual_tokens=tokens),
        "prefix tuning": lambda: PrefixTuningConfig(task_type=task, num_virtual_tokens=tokens),
        "prefix tuning with a projection": lambda: PrefixTuningConfig(
            task_type=task, num_virtual_tokens=tokens, prefix_projection=True
        ),
        "IA3": lambda: IA3Config(task_type=task),
    }[method]()
    return get_peft_model(model, config)


def totals(model):
    """(all elements, trainable elements), each tied tensor once."""
    parameters = list(model.parameters())
    return sum(p.numel() for p in parameters), sum(p.numel() for p in parameters if p.requires_grad)


def by_component(model):
    counts = Counter()
    for name, parameter in model.named_parameters():
        counts[component(name)] += parameter.numel()
    return counts


def component(name):
    if re.search(r"norm", name, re.IGNORECASE):
        return "norms"
    if re.search(r"embed", name):
        return "embedding"
    if re.search(r"self_attn|attention", name):
        return "attention"
    if re.search(r"\.mlp\.|layer\.\d+\.(intermediate|output)\.", name):
        return "mlp"
    return "head"


def quantised_model(values, head, labels, quantization, skip=None):
    """A model with random weights, saved and loaded again on the CPU through bitsandbytes."""
    auto, _ = AUTO_CLASSES[head]
    packing = {"nf4": {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}, "int8": {"load_in_8bit": True}}
    config = BitsAndBytesConfig(**packing[quantization], llm_int8_skip_modules=skip)
    with tempfile.TemporaryDirectory() as folder:
        auto.from_config(transformers_config(values, labels)).save_pretrained(folder)
        return auto.from_pretrained(folder, quantization_config=config, device_map="cpu")


def write_config(folder, values):
    """A config.json as a user would have it."""
    path = Path(folder) / "config.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    return path
