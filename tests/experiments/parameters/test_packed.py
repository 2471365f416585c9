"""Packed checkpoints: as many parameters as the model that was packed has, and scales and buffers apart."""

import json

import pytest

from experiments.parameters.catalogue import Model, find_model
from experiments.parameters.checkpoint import count_checkpoint
from experiments.parameters.config import Config
from experiments.parameters.count import count
from experiments.tables.errors import UserError

H, I, V, G = 128, 256, 200, 64  # noqa: E741  hidden, inner, vocabulary, group
SIZES = {"vocab_size": V, "hidden_size": H, "intermediate_size": I, "num_hidden_layers": 2, "num_attention_heads": 4}
LLAMA = SIZES | {"model_type": "llama", "num_key_value_heads": 2, "tie_word_embeddings": False}
QWEN2 = SIZES | {"model_type": "qwen2", "num_key_value_heads": 2, "tie_word_embeddings": True}
OPT = {"model_type": "opt", "vocab_size": V, "hidden_size": H, "ffn_dim": I, "num_hidden_layers": 2}
OPT |= {"num_attention_heads": 4, "max_position_embeddings": 50}


def gptq(bits):
    def layer(inputs, outputs):
        groups = inputs // G
        return {
            "qweight": ("I32", (inputs * bits // 32, outputs)),
            "qzeros": ("I32", (groups, outputs * bits // 32)),
            "scales": ("F16", (groups, outputs)),
            "g_idx": ("I32", (inputs,)),
        }

    return layer


def awq(inputs, outputs):
    groups = inputs // G
    zeros, scales = ("I32", (groups, outputs // 8)), ("F16", (groups, outputs))
    return {"qweight": ("I32", (inputs, outputs // 8)), "qzeros": zeros, "scales": scales}


def compressed(bits):
    def layer(inputs, outputs):
        scale, shape = ("BF16", (outputs, inputs // G)), ("I64", (2,))
        return {"weight_packed": ("I32", (outputs, inputs * bits // 32)), "weight_scale": scale, "weight_shape": shape}

    return layer


def nvfp4(inputs, outputs):
    return {
        "weight_packed": ("U8", (outputs, inputs // 2)),
        "weight_scale": ("F8_E4M3", (outputs, inputs // 16)),
        "weight_global_scale": ("F32", (1,)),
        "input_global_scale": ("F32", (1,)),
    }


def mlx(bits):
    def layer(inputs, outputs):
        beside = ("BF16", (outputs, inputs // G))
        return {"weight": ("U32", (outputs, inputs * bits // 32)), "scales": beside, "biases": beside}

    return layer


def fp8_blocks(inputs, outputs):
    return {
        "weight": ("F8_E4M3", (outputs, inputs)),
        "weight_scale_inv": ("F32", (-(-outputs // 128), -(-inputs // 128))),
    }


def fp8_static(inputs, outputs):
    return {"weight": ("F8_E4M3", (outputs, inputs)), "weight_scale": ("F32", (1,)), "input_scale": ("F32", (1,))}


def fp8_exponents(inputs, outputs):
    scale = ("F8_E8M0", (-(-outputs // 128), -(-inputs // 128)))
    return {"weight": ("F8_E4M3", (outputs, inputs)), "scale": scale}


def fp8_without_config(inputs, outputs):
    scale = ("F32", ())
    return {"weight": ("F8_E4M3", (outputs, inputs)), "scale_weight": scale, "scale_input": scale}


def int8(inputs, outputs):
    return {"weight": ("I8", (outputs, inputs)), "weight_scale": ("BF16", (outputs, 1))}


def fbgemm(inputs, outputs):
    scale = {"weight_scale": ("BF16", (outputs, 1)), "input_scale_ub": ("F32", (1,))}
    return {"weight": ("F8_E4M3", (outputs, inputs))} | scale


def eetq(inputs, outputs):
    return {"weight": ("I8", (inputs, outputs)), "weight_scales": ("F16", (outputs,))}


def quark_mxfp4(inputs, outputs):
    return {"weight": ("U8", (outputs, inputs // 2)), "weight_scale": ("U8", (outputs, inputs // 32))}


def nf4(inputs, outputs):
    return {
        "weight": ("U8", (inputs * outputs // 2, 1)),
        "weight.absmax": ("F32", (inputs * outputs // 64,)),
        "weight.quant_map": ("F32", (16,)),
        "weight.quant_state.bitsandbytes__nf4": ("U8", (80,)),
    }


def ct(bits):
    return {"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": {"num_bits": bits}}}}


FORMATS = {
    "gptq-4": (gptq(4), {"quant_method": "gptq", "bits": 4, "group_size": G}),
    "gptq-8": (gptq(8), {"quant_method": "gptq", "bits": 8, "group_size": G}),
    "gptq-2": (gptq(2), {"quant_method": "gptq", "bits": 2}),
    "gptq-3": (gptq(3), {"quant_method": "gptq", "bits": 3}),
    "awq": (awq, {"quant_method": "awq", "bits": 4, "group_size": G}),
    "compressed-4": (compressed(4), ct(4)),
    "compressed-8": (compressed(8), ct(8)),
    "nvfp4": (nvfp4, ct(4)),
    "mlx-4": (mlx(4), {"group_size": G, "bits": 4}),
    "mlx-8": (mlx(8), {"group_size": G, "bits": 8}),
    "fp8-blocks": (fp8_blocks, {"quant_method": "fp8"}),
    "fp8-static": (fp8_static, ct(8)),
    "fp8-exponents": (fp8_exponents, {"quant_method": "fp8", "scale_fmt": "ue8m0"}),
    "fp8-without-config": (fp8_without_config, None),
    "int8": (int8, ct(8)),
    "fbgemm": (fbgemm, {"quant_method": "fbgemm_fp8"}),
    "eetq": (eetq, {"quant_method": "eetq", "weights": "int8"}),
    "quark-mxfp4": (quark_mxfp4, {"quant_method": "quark"}),
    "nf4": (nf4, {"quant_method": "bitsandbytes", "load_in_4bit": True}),
}


def tensors_of(config, layer):
    """The tensors of a model of which the linear layers within the blocks are packed, and a buffer."""
    from experiments.parameters.count import model_modules

    tensors = {"model.rotary_emb.inv_freq": ("F32", (16,))}
    for module in model_modules(Model("m", "m", "m", Config(config, "test config"), {}), "causal", 2):
        shape = (module.rows, module.columns) if module.kind != "norm" else (module.rows,)
        packed = module.kind == "linear" and module.component in ("attention", "mlp")
        if packed:
            tensors |= {f"{module.name}.{leaf}": entry for leaf, entry in layer(module.columns, module.rows).items()}
        elif not module.tied_weight:
            tensors[f"{module.name}.weight"] = ("BF16", shape)
        if module.has_bias:
            tensors[f"{module.name}.bias"] = ("BF16", (module.rows,))
    return tensors


@pytest.mark.parametrize("config", [LLAMA, QWEN2, OPT], ids=lambda config: config["model_type"])
@pytest.mark.parametrize("name", FORMATS)
def test_the_parameters_of_the_model_that_was_packed(write_checkpoint, tmp_path, name, config):
    layer, settings = FORMATS[name]
    key = "quantization" if name.startswith("mlx") else "quantization_config"
    counted = count_checkpoint(
        write_checkpoint(tmp_path, tensors_of(config, layer), config | ({key: settings} if settings else {}))
    )
    expected = count(find_model(str(tmp_path)))
    logical = {part: columns.logical_base for part, columns in counted.components.items()}
    assert logical == {part: columns.logical_base for part, columns in expected.components.items()}
    weights = sum(m for m in (expected.components["attention"].logical_base, expected.components["mlp"].logical_base))
    biases = sum(shape[0] for key, (_, shape) in tensors_of(config, layer).items() if key.endswith("_proj.bias"))
    biases += sum(
        shape[0] for key, (_, shape) in tensors_of(config, layer).items() if ".fc" in key and key.endswith("bias")
    )
    assert counted.total.trainable == expected.total.logical_base - (weights - biases)
    packed = sum(
        shape[0] * shape[1]
        for key, (dtype, shape) in tensors_of(config, layer).items()
        if dtype in ("I32", "U32", "U8", "I8", "F8_E4M3") and key.endswith(("weight", "qweight", "weight_packed"))
    )
    assert counted.total.stored == counted.total.logical_base - (weights - biases) + packed
    assert counted.buffers.elements == 16
    assert counted.quantization.tensors > 0
    assert counted.other == []
    assert counted.packing.endswith("they are not trained")


METHODS = {"gptq-4": "gptq", "awq": "awq", "compressed-4": "compressed-tensors", "nf4": "bitsandbytes"}


@pytest.mark.parametrize("said", METHODS.values())
@pytest.mark.parametrize("name", METHODS)
def test_a_method_that_the_tensors_contradict_is_noted(write_checkpoint, tmp_path, name, said):
    layer, settings = FORMATS[name]
    tensors = tensors_of(LLAMA, layer)
    config = LLAMA | {"quantization_config": settings | {"quant_method": said}}
    counted = count_checkpoint(write_checkpoint(tmp_path, tensors, config))
    told = [note for note in counted.notes if f" says {said}, but " in note and f" as {METHODS[name]} packs" in note]
    assert len(told) == (said != METHODS[name])


def test_bits_of_single_layers(write_checkpoint, tmp_path):
    """MLX packs some layers in more bits, and says which."""
    tensors = tensors_of(QWEN2, mlx(4))
    module = "model.layers.0.mlp.down_proj"
    tensors |= {f"{module}.{leaf}": entry for leaf, entry in mlx(8)(I, H).items()}
    settings = {"group_size": G, "bits": 4, module: {"group_size": G, "bits": 8}}
    counted = count_checkpoint(write_checkpoint(tmp_path, tensors, QWEN2 | {"quantization": settings}))
    assert counted.total.logical_base == count(find_model(str(tmp_path))).total.logical_base


@pytest.mark.parametrize("bits", [3, 5, 6])
def test_compressed_tensors_pads_rows_and_parts_no_weight(write_checkpoint, tmp_path, bits):
    """Ten weights of three bits in an element of 32, as `pack_to_int32` of compressed-tensors has them."""

    def layer(inputs, outputs):
        packed = {"weight_packed": ("I32", (outputs, -(-inputs // (32 // bits))))}
        return packed | {"weight_scale": ("BF16", (outputs, inputs // G)), "weight_shape": ("I64", (2,))}

    settings = {"quant_method": "compressed-tensors", "config_groups": {}}
    settings["config_groups"]["group_0"] = {"weights": {"num_bits": bits, "group_size": G}}
    tensors = tensors_of(LLAMA, layer)
    counted = count_checkpoint(write_checkpoint(tmp_path, tensors, LLAMA | {"quantization_config": settings}))
    assert counted.total.logical_base == count(find_model(str(tmp_path))).total.logical_base
    assert counted.notes == []


def test_settings_in_a_file_of_their_own(write_checkpoint, tmp_path):
    write_checkpoint(tmp_path, tensors_of(LLAMA, gptq(8)), LLAMA)
    (tmp_path / "quantize_config.json").write_text(json.dumps({"bits": 8, "group_size": G}), encoding="utf-8")
    counted = count_checkpoint(tmp_path)
    assert counted.total.logical_base == count(find_model(str(tmp_path))).total.logical_base
    assert counted.packing.startswith("8-bit gptq")


def test_experts_in_mxfp4(write_checkpoint, tmp_path):
    experts = "model.layers.0.mlp.experts."
    tensors = {f"{experts}down_proj_blocks": ("U8", (4, H, 4, 16)), f"{experts}down_proj_scales": ("U8", (4, H, 4))}
    tensors |= {f"{experts}down_proj_bias": ("BF16", (4, H))}
    counted = count_checkpoint(write_checkpoint(tmp_path, tensors, {"model_type": "gpt_oss"}))
    assert counted.components["mlp"].logical_base == 4 * H * 128 + 4 * H
    assert counted.quantization.elements == 4 * H * 4


@pytest.mark.parametrize(
    "scale",
    [
        "model.layers.0.self_attn.k_scale",
        "model.layers.0.self_attn.attn.v_scale",
        "model.layers.0.mlp.experts.down_proj_scale",
        "model.layers.0.mlp.experts.gate_up_proj_scale_inv",
        "model.layers.1.self_attn.q_proj.weight_zero_point",
    ],
)
def test_scales_of_every_name_are_apart(write_checkpoint, tmp_path, scale):
    tensors = tensors_of(LLAMA, fp8_blocks)
    before = count_checkpoint(write_checkpoint(tmp_path / "before", tensors, LLAMA))
    after = count_checkpoint(write_checkpoint(tmp_path / "after", tensors | {scale: ("F32", (2, 3))}, LLAMA))
    assert after.components == before.components
    assert after.quantization.elements == before.quantization.elements + 6
    assert after.state_bytes == before.state_bytes + 24


@pytest.mark.parametrize(
    ("name", "dtype", "shape"),
    [
        ("model.layers.0.self_attn.q_proj.codebooks", "F16", (1, 256, 1, 8)),
        ("model.layers.0.self_attn.q_proj.codes", "I8", (H, 16, 1)),
        ("model.layers.0.mlp.up_proj.scales", "F16", (2, I)),  # beside no packed weight
        ("model.layers.0.mlp.up_proj.weight", "I32", (I, 16)),  # in no known layout
        ("model.step", "I64", (1,)),
        ("something.else.weight", "F32", (3, 3)),
    ],
)
def test_a_tensor_of_unknown_role_is_a_row_of_its_own(write_checkpoint, tmp_path, experiments, name, dtype, shape):
    tensors = {key: entry for key, entry in tensors_of(LLAMA, fp8_blocks).items() if not key.startswith(name[:28])}
    before = count_checkpoint(write_checkpoint(tmp_path / "before", tensors, LLAMA)).total
    counted = count_checkpoint(write_checkpoint(tmp_path / "after", tensors | {name: (dtype, shape)}, LLAMA))
    assert counted.other == [name]
    assert (counted.total.logical_base, counted.total.trainable) == (before.logical_base, before.trainable)
    assert counted.components["other"].stored == counted.total.stored - before.stored > 0
    shown = experiments("count", "--checkpoint", str(tmp_path / "after"))
    assert any(line.startswith("other ") for line in shown.out.splitlines())
    assert name in shown.out


def test_packed_weights_without_their_settings_are_no_parameters(write_checkpoint, tmp_path):
    counted = count_checkpoint(write_checkpoint(tmp_path, tensors_of(LLAMA, compressed(4))))
    assert counted.components["attention"].logical_base == counted.components["mlp"].logical_base == 0
    assert any("quantization_config" in note for note in counted.notes)


@pytest.mark.parametrize(
    ("config", "unknown", "said", "asks_for_a_config"),
    [
        (None, {"a.codes": ("I32", (4,))}, "1 tensor of unknown role", True),
        (None, {"a.codes": ("I32", (4,)), "b.codes": ("I32", (4,))}, "2 tensors of unknown role", True),
        (None, {"a.temperature": ("F32", (1,))}, "1 tensor of unknown role", False),  # nothing is packed in it
        (LLAMA, {"a.codes": ("I32", (4,))}, "1 tensor of unknown role", False),  # there is one, of unpacked weights
    ],
)
def test_a_config_is_asked_for_where_it_could_say_how_weights_are_packed(
    write_checkpoint, tmp_path, experiments, config, unknown, said, asks_for_a_config
):
    norm = {"model.norm.weight": ("F32", (H,))}
    write_checkpoint(tmp_path / "model", norm | unknown, config)
    shown = experiments("count", "--checkpoint", str(tmp_path / "model"))
    [note] = [line for line in shown.out.splitlines() if "unknown role" in line]
    assert said in note
    assert all(name in note for name in unknown)
    assert ("quantization_config" in note) == asks_for_a_config


def test_what_transformers_knows_is_a_parameter_whatever_it_is_called(write_checkpoint, tmp_path, reference):
    values = {"model_type": "mamba", "vocab_size": 60, "hidden_size": 16, "state_size": 4, "num_hidden_layers": 2}
    built = reference.meta_model(values, "causal")
    tensors = {name: ("F32", tuple(parameter.shape)) for name, parameter in built.named_parameters()}
    counted = count_checkpoint(write_checkpoint(tmp_path, tensors, values))
    assert counted.total.logical_base == reference.totals(built)[0]
    assert counted.components["other"].logical_base > 0
    assert counted.other == []


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"quant_method": "gptq", "bits": 8}, "says 8 bits, but model.layers.0.self_attn.q_proj.qweight"),
        ({"quant_method": "gptq", "bits": "four"}, "'four' bits for a weight"),
        ({"quant_method": "gptq", "bits": 0}, "0 bits for a weight"),
    ],
)
def test_a_config_that_contradicts_its_files(write_checkpoint, tmp_path, experiments, settings, complaint):
    write_checkpoint(tmp_path, tensors_of(LLAMA, gptq(4)), LLAMA | {"quantization_config": settings})
    with pytest.raises(UserError, match=complaint):
        count_checkpoint(tmp_path)
    failed = experiments("count", "--checkpoint", str(tmp_path))
    assert (failed.code, failed.out, failed.err.count("\n")) == (1, "", 1)
    assert "config.json" in failed.err


@pytest.mark.parametrize(("name", "wrong"), [("mlx-4", {"group_size": G, "bits": 8}), ("compressed-4", ct(8))])
def test_bits_that_no_tensor_contradicts_show_in_the_total(write_checkpoint, tmp_path, name, wrong):
    layer, right = FORMATS[name]
    tensors = tensors_of(LLAMA, layer)
    key = "quantization" if name == "mlx-4" else "quantization_config"
    agreed = count_checkpoint(write_checkpoint(tmp_path / "right", tensors, LLAMA | {key: right}))
    assert agreed.notes == []
    told = count_checkpoint(write_checkpoint(tmp_path / "wrong", tensors, LLAMA | {key: wrong}))
    assert any("differs from the config beside it" in note for note in told.notes)


def test_bits_on_average_are_no_error_and_the_count_is_not_held_against_the_config(write_checkpoint, tmp_path):
    """EXL2 and its like: a layout that is not known here."""
    tensors = tensors_of(LLAMA, lambda inputs, outputs: {"q_weight": ("I32", (inputs // 8, outputs))})
    settings = {"quantization_config": {"quant_method": "exl2", "bits": 4.25}}
    counted = count_checkpoint(write_checkpoint(tmp_path / "m", tensors, LLAMA | settings))
    assert counted.other
    assert not any("differs" in note for note in counted.notes)
