"""IPython's own folder, fresh for a render: no start-up file of the user's runs, and a kernel's notices stay quiet."""

import json
from pathlib import Path

_ERRORS_ONLY = {"IPKernelApp": {"log_level": 40}}


def ipython_environment(scratch: Path) -> dict[str, str]:
    """Prepare the folder below `scratch` and return the variables that send kernels there."""
    folder = scratch / "ipython"
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.json").write_text(json.dumps(_ERRORS_ONLY), encoding="utf-8")
    return {"IPYTHONDIR": str(folder), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
