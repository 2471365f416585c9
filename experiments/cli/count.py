"""`experiments count`"""

from pathlib import Path
from typing import Annotated, Literal

import typer

COLUMNS = ("component", "logical base", "added", "trainable", "stored")


def count_parameters(
    model: Annotated[
        str | None, typer.Argument(help="A model that ships with the project, a config.json, or its folder.")
    ] = None,
    head: Annotated[
        Literal["none", "causal", "masked", "seq2seq", "classification", "qa"] | None,
        typer.Option(help="Task head; by default causal for a decoder, seq2seq for T5, none for an encoder."),
    ] = None,
    labels: Annotated[int | None, typer.Option(help="Outputs of a classification head.")] = None,
    lora: Annotated[
        str | None,
        typer.Option(
            help="r=8,targets=all-linear|default|q_proj,v_proj,… (targets as PEFT matches them), and if there is more "
            "to say: dora=yes, bias=all, layers=0-3, save=lm_head, ranks=k_proj:4. Or an adapter_config.json."
        ),
    ] = None,
    quantization: Annotated[
        Literal["nf4", "int8", "q4_1", "q4_k_m"] | None,
        typer.Option(help="How bitsandbytes packs the linear layers, or llama.cpp all matrices of a GGUF file."),
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Count these safetensors or GGUF files from their headers, not the config.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Count parameters from a config, or from the headers of a checkpoint.

    From a config in closed form; an architecture that has none is built by transformers on the meta device, without
    weights, where torch is installed. The output says which.

    Logical base: the model with its head, each tied tensor once. Added: LoRA and the copy of a saved head. Trainable:
    what requires a gradient. Stored: the elements of the tensors; NF4 packs two weights into one.
    """
    if checkpoint is not None:
        if head or labels is not None or lora or quantization:
            raise typer.BadParameter(
                "--checkpoint says what there is; leave --head, --labels, --lora and --quantization out"
            )
        _checkpoint(model, checkpoint, as_json)
    elif model is None:
        raise typer.BadParameter("name a model, or give --checkpoint")
    else:
        _model(model, head, labels, lora, quantization, as_json)


def _model(
    name: str, head: str | None, labels: int | None, lora: str | None, quantization: str | None, as_json: bool
) -> None:
    from experiments.parameters.adapter_file import read_adapter
    from experiments.parameters.catalogue import find_model
    from experiments.parameters.count import count
    from experiments.parameters.lora import LoraError, LoraSyntaxError, parse_lora

    read = None
    try:
        if lora is not None and (lora.endswith(".json") or Path(lora).exists()):
            read = read_adapter(Path(lora))
            adapter, head = read.lora, head or read.head
        else:
            adapter = parse_lora(lora) if lora is not None else None
    except LoraSyntaxError as error:
        raise typer.BadParameter(str(error), param_hint="--lora") from None
    model = find_model(name)
    try:
        counted = count(model, head, labels, adapter, quantization)
    except LoraError as error:
        raise LoraError(f"{read.place}: {error}" if read else str(error)) from None
    if as_json:
        _print_json({"model": counted.model, "source": model.source, **counted.as_json()})
        return
    parts = [f"{counted.head} head" if counted.head != "none" else "no head"]
    parts += [f"{counted.labels} labels"] if counted.head == "classification" else []
    parts += [f"LoRA {adapter}"] if adapter else []
    parts += [quantization] if quantization else []
    print(f"{model.title}: {', '.join(parts)} ({counted.method})")
    _print_columns(counted.rows(), counted.notes)


def _checkpoint(name: str | None, folder: Path, as_json: bool) -> None:
    from experiments.parameters.catalogue import find_model
    from experiments.parameters.checkpoint import count_checkpoint

    counted = count_checkpoint(folder, find_model(name) if name is not None else None)
    if as_json:
        _print_json(counted.as_json())
        return
    sizes = ", ".join(f"{size:,} bytes of {dtype}" for dtype, size in counted.bytes.items()) or "no parameters"
    print(f"{folder}: {sizes}")
    if counted.packing:
        print(counted.packing)
    for what, apart in (("scales and other quantisation state", counted.quantization), ("buffers", counted.buffers)):
        if apart.tensors:
            print(f"apart, no parameters: {apart.elements:,} elements of {what} ({apart.bytes:,} bytes)")
    _print_columns([*counted.components.items(), ("total", counted.total)], counted.notes)


def _print_columns(rows, notes: list[str]) -> None:
    from experiments.cli.output import show_table

    shown = [(name, *(f"{number:,}" for number in columns.values())) for name, columns in rows]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *shown, strict=True)]
    right = [[cell.rjust(width) for cell, width in zip(row, widths, strict=True)] for row in (COLUMNS, *shown)]
    show_table([COLUMNS[0], *right[0][1:]], [[shown[n][0], *row[1:]] for n, row in enumerate(right[1:])])
    for note in notes:
        print(f"note: {note}")


def _print_json(content: dict[str, object]) -> None:
    import json

    print(json.dumps({"schema_version": 1, **content}, indent=2))
