"""What kernels find around them, the same on every machine: no start-up file of the user's, one time zone, one order.

No token, key or password is among it: `report render` starts kernels without, and under a bare `quarto render` they
take them out of their environment before the first cell runs. What the system tells of a process
(`/proc/self/environ`) is what it was started with: a kernel there starts itself once more, without them.

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


"""
_AT_START = f"""\
{_WITHOUT_SECRETS}
_without_secrets()
del _without_secrets
"""
# Read by a kernel before it opens a socket: the process stays the one that Quarto has started.
_BEFORE_START = f"""\
{_WITHOUT_SECRETS}
def _start_again():
    import os
    import sys

    before = len(os.environ)
    _without_secrets()
    if os.name == "posix" and len(os.environ) < before:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


_start_again()
"""
_ERRORS_ONLY = {"IPKernelApp": {"log_level": 40}}


def ipython_environment(scratch: Path) -> dict[str, str]:
    """Prepare the folder below `scratch` and return the variables that send kernels there."""
    folder = scratch / "ipython"
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.json").write_text(json.dumps(_ERRORS_ONLY), encoding="utf-8")
    (profile / "ipython_kernel_config.py").write_text(_BEFORE_START, encoding="utf-8")
    startup = profile / "startup"
    startup.mkdir(exist_ok=True)
    (startup / "00-without-secrets.py").write_text(_AT_START, encoding="utf-8")
    same = {"TZ": "UTC", "PYTHONHASHSEED": "0"}  # whose order sets are in
    return {"IPYTHONDIR": str(folder), "PYDEVD_DISABLE_FILE_VALIDATION": "1", **same}
