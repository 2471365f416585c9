"""What kernels find around them, the same on every machine: no start-up file of the user's, one time zone, one order.

IPython's folder is fresh for a render, and a kernel's notices stay quiet. `_environment` says the same for a bare
`quarto render`.
"""

import json
from pathlib import Path

_ERRORS_ONLY = {"IPKernelApp": {"log_level": 40}}


def ipython_environment(scratch: Path) -> dict[str, str]:
    """Prepare the folder below `scratch` and return the variables that send kernels there."""
    folder = scratch / "ipython"
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.json").write_text(json.dumps(_ERRORS_ONLY), encoding="utf-8")
    same = {"TZ": "UTC", "PYTHONHASHSEED": "0"}  # whose order sets are in
    return {"IPYTHONDIR": str(folder), "PYDEVD_DISABLE_FILE_VALIDATION": "1", **same}
