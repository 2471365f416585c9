"""Write the lock files from pyproject.toml: `make lock`. What is locked keeps its version, unless --upgrade is given.

Each lock pins every package with its hashes and names no address. torch is special: on Linux the plain release
brings several gigabytes of CUDA, so the Linux line carries the hash of the CPU build alone, and the packages that
only CUDA needs are left out. A torch 2.13.0 that is installed already (a CUDA build, say) satisfies that line.
"""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
EXTRAS = {
    "dev": ["experiments", "audit", "dev"],  # the first, for the others to agree with
    "report": [],
    "experiments": ["experiments"],
    "audit": ["audit"],
    "benchmarks": ["experiments", "benchmarks"],
    "slurm": ["slurm"],
    "ray": ["ray"],
}
GROUPS = ["gemma", "crate"]  # dependency groups, each locked alone
CUDA_ONLY = re.compile(r"(nvidia-(?!ml-py)|cuda-|triton)")
NEVER = "sys_platform == 'never'"  # what overrides.txt leaves out, and what that alone asked for
TORCH_CPU_LINUX = "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b"


def compile_lock(*wanted: str, agreed: Path | None = None) -> str:
    """The pins and hashes that `uv` resolves for what is wanted on every platform, in agreement with another lock."""
    command = [
        "uv",
        "pip",
        "compile",
        *wanted,
        "--universal",
        "--python-version=3.11",
        "--generate-hashes",
        "--override=lockfiles/overrides.txt",
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
        "--quiet",
    ]
    command += [f"--constraint={agreed.relative_to(HERE.parent)}"] if agreed else []
    return subprocess.run(command, cwd=HERE.parent, check=True, capture_output=True, text=True).stdout


def pin_torch(block: str) -> str:
    """Other platforms keep the release's hashes; Linux gets the CPU build's."""
    first, *hashes = block.splitlines()
    elsewhere = [first.split(" ")[0] + " ; sys_platform != 'linux' \\", *hashes]
    linux = [first.split(" ")[0] + " ; sys_platform == 'linux' \\", f"    --hash=sha256:{TORCH_CPU_LINUX}"]
    return "\n".join(linux + elsewhere) + "\n"


def without_needless(lock: str) -> str:
    """The lock without the packages that only CUDA needs, and without those that no platform gets."""
    blocks = re.findall(r"^\S.*\n(?:[ ]+.*\n)*", lock, flags=re.M)
    kept = [block for block in blocks if not CUDA_ONLY.match(block) and NEVER not in block]
    return "".join(pin_torch(block) if block.startswith("torch==") else block for block in kept)


if __name__ == "__main__":
    agreed = None if "--upgrade" in sys.argv else HERE / "dev.txt"
    for name, extras in EXTRAS.items():
        lock = compile_lock("pyproject.toml", *(f"--extra={extra}" for extra in extras), agreed=agreed)
        (HERE / f"{name}.txt").write_text(without_needless(lock))
        agreed = HERE / "dev.txt"
        print(f"lockfiles/{name}.txt")
    for name in GROUPS:
        (HERE / f"{name}.txt").write_text(compile_lock(f"--group=pyproject.toml:{name}"))
        print(f"lockfiles/{name}.txt")
