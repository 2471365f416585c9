"""One of the processes that `accelerate launch` starts: `python -m experiments.training.launched FOLDER DEVICE`."""

import gc
import json
import os
import pickle
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from experiments.meter.usage import Usage
from experiments.quiet import quiet
from experiments.tables.errors import UserError, printable
from experiments.tables.files import replace_file
from experiments.tables.locations import shown_path
from experiments.training.fitting import Job, fit
from experiments.training.launch import FAULT, JOB, LOG, RESULT, STEP, STEPS
from experiments.training.runtime import deterministic


def main(folder: Path, device: str) -> None:
    """Take part in the training that lies in `folder`; the first process alone tells of steps and of the result.

    The first that fails says why, and ends at once: the launcher then ends the others, which may be waiting for it.
    """
    threading.Thread(target=_end_with_the_caller, daemon=True).start()
    index, what = int(os.environ["LOCAL_RANK"]), "training"
    try:
        with quiet():
            _import_libraries()
            job = _read(folder / JOB, device if device == "cpu" else f"{device}:{index}")
            what = job.what
            _take_part(job, folder, index)
    except BaseException as error:
        traceback.print_exc()
        text = str(error)
        if not isinstance(error, UserError):
            text = f"{what}: process {index} failed: {type(error).__name__}: {printable(text, 300)}"
            text += f"; its log is {shown_path(folder / LOG)}"
        with suppress(FileExistsError), (folder / FAULT).open("x", encoding="utf-8") as file:
            file.write(text)
        sys.stderr.flush()
        os._exit(1)


def _end_with_the_caller() -> None:
    """The caller holds the other end of our standard input, also if it is killed."""
    os.read(0, 1)
    os._exit(1)


def _import_libraries() -> None:
    """Import what training needs: it stays to the end, so that no time goes into looking through it for garbage."""
    gc.disable()
    import experiments.training.trainer  # noqa: F401

    gc.freeze()
    gc.enable()


def _take_part(job: Job, folder: Path, index: int) -> None:
    import torch
    from accelerate.utils import gather_object

    with deterministic(job.seed):
        fitted = fit(job, _tell if index == 0 else lambda steps, what: iter(steps))
        usages = gather_object([fitted.usage])
    if index == 0:
        replace_file(folder / RESULT, pickle.dumps(replace(fitted, usage=_together(usages))))
    torch.distributed.destroy_process_group()


def _read(path: Path, device: str) -> Job:
    """The job, with its model on `device`."""
    import torch

    from experiments.models.quantized import restore_packed

    # Code may run while this is read. The file is our own: whoever started us has just written it.
    job = torch.load(path, map_location=device, weights_only=False)
    if job.training.quantization:
        restore_packed(job.model)
    for module in job.model.modules():  # where Accelerate looks up whether a packed model may be trained on a device
        if "hf_device_map" in vars(module):
            module.hf_device_map = {"": torch.device(device)}
    return job


def _tell(steps: Sequence[int], what: str) -> Iterator[int]:
    """Pass steps on and tell the caller, which shows them."""
    print(STEPS + json.dumps([len(steps), what]), flush=True)
    for step in steps:
        print(STEP, end="", flush=True)
        yield step


def _together(usages: Sequence[Usage]) -> Usage:
    """What all processes took: sums, but for time, which passes for all at once, and for energy, which each of them
    measures of the whole machine."""

    def total(name: str) -> int | None:
        values = [getattr(usage, name) for usage in usages]
        return None if None in values else sum(values)

    summed = ("cpu_seconds", "tokens", "peak_memory_bytes", "peak_allocated_bytes", "peak_reserved_bytes")
    return replace(usages[0], **{name: total(name) for name in summed})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
