"""What kernels find around them, the same on every machine: no start-up file of the user's, one time zone, one order.

No token, key or password is among it: `report render` starts kernels without, and under a bare `quarto render` they
take them out of their environment before the first cell runs.

IPython's folder is fresh for a render, and a kernel's notices stay quiet. `_environment` says the same for a bare
`quarto render`.
"""

import json
from pathlib import Path

from experiments.tables.secrets import ADDRESS, NAMES

_WITHOUT_SECRETS = f"""\
def _without_secrets():
    import os
    import re

    for name, value in list(os.environ.items()):
        if re.search({NAMES!r}, name, re.I) or re.search({ADDRESS!r}, value):
            del os.environ[name]


_without_secrets()
del _without_secrets
"""
_ERRORS_ONLY = {"IPKernelApp": {"log_level": 40}}


def ipython_environment(scratch: Path) -> dict[str, str]:
    """Prepare the folder below `scratch` and return the variables that send kernels there."""
    folder = scratch / "ipython"
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.json").write_text(json.dumps(_ERRORS_ONLY), encoding="utf-8")
    startup = profile / "startup"
    startup.mkdir(exist_ok=True)
    (startup / "00-without-secrets.py").write_text(_WITHOUT_SECRETS, encoding="utf-8")
    same = {"TZ": "UTC", "PYTHONHASHSEED": "0"}  # whose order sets are in
    return {"IPYTHONDIR": str(folder), "PYDEVD_DISABLE_FILE_VALIDATION": "1", **same}
