"""Counts the adapters that PEFT puts on a model without a closed form, by having it adapt one on the meta device."""

from importlib.util import find_spec

from experiments.parameters.architectures.on_meta import build_model
from experiments.parameters.architectures.shape import Head
from experiments.parameters.config import Config
from experiments.parameters.lora import LoraError
from experiments.quiet import no_warnings
from experiments.tables.errors import printable


def fuses_experts(config: Config) -> bool:
    """Whether transformers fuses experts of this model into parameters, and PEFT takes its targets for those.

    That is what ``peft/utils/transformers_weight_conversion.py`` does with Mixtral and its like: ``w1`` and ``w3``, or
    all-linear, mean ``experts.gate_up_proj``. Raises :class:`LoraError` where PEFT is not installed.
    """
    if find_spec("peft") is None:
        raise LoraError("to count LoRA on this architecture takes PEFT, which `make experiments` installs")
    with no_warnings():
        from peft.utils import transformers_weight_conversion as conversion

    model_type = config.text("model_type")
    family = conversion._MODEL_TO_CONVERSION_PATTERN.get(model_type)
    known = conversion.get_checkpoint_conversion_mapping(model_type) is not None
    return known and bool(conversion._MOE_FUSED_TARGETS.get(family))


def adapters_by_peft(config: Config, head: Head, labels: int, **options: object) -> dict[str, int]:
    """Elements of the adapter of each module and parameter, from the model that PEFT makes with these ``options``.

    Raises :class:`LoraError` where PEFT refuses them.
    """
    model = build_model(config, head, labels)
    with no_warnings():
        from peft import LoraConfig, get_peft_model
        from peft.tuners.lora.layer import LoraLayer, ParamWrapper

        try:
            tasks = {"causal": "CAUSAL_LM", "classification": "SEQ_CLS", "qa": "QUESTION_ANS"}
            wrapped = get_peft_model(model, LoraConfig(task_type=tasks.get(head), **options)).base_model.model
        except Exception as error:
            said = " ".join(str(error).split()) or type(error).__name__
            raise LoraError(f"PEFT refuses this LoRA: {printable(said, 300)}") from None
    found: dict[str, int] = {}
    for path, module in wrapped.named_modules():
        if isinstance(module, LoraLayer):
            name = path.replace(".base_layer", "")  # two parameters of one module are wrapped one around the other
            own = (tensor.numel() for key, tensor in module.named_parameters() if key.startswith("lora_"))
            found[f"{name}.{module.parameter_name}" if isinstance(module, ParamWrapper) else name] = sum(own)
    return found
