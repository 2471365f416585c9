"""Whether a run trains with products in bfloat16 on a processor that has no instructions for them."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.study import StudyBase
    from experiments.system import Choice

CPUINFO = Path("/proc/cpuinfo")
FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}
"""The processor features with such products as Linux lists them, on x86 under `flags` and on Arm under `Features`
(the kernel's arch/x86/include/asm/cpufeatures.h and Documentation/arch/arm64/elf_hwcaps.rst)."""


def lacks_bfloat16(cpuinfo: Path | None = None) -> bool:
    """Whether Linux lists the features of this processor, and none with products in bfloat16 among them."""
    try:
        lines = (cpuinfo or CPUINFO).read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    listed = [set(line.partition(":")[2].split()) for line in lines if line.startswith(("flags", "Features"))]
    return bool(listed) and any(FLAGS.isdisjoint(features) for features in listed)


def trains_slowly(study: "StudyBase", choice: "Choice") -> bool:
    """Whether a run on this processor has trainings with `mixed_precision`, and the processor no bfloat16."""
    from experiments.freezing.execute import chosen_profile
    from experiments.system import parts_of_run

    profile = chosen_profile(study, choice)
    if profile not in ("smoke", "cpu"):  # the others compute on an accelerator
        return False
    parts = parts_of_run(study.at(profile), choice.seeds)
    return any(part.training and part.training.mixed_precision for part in parts) and lacks_bfloat16()
