"""Run a command and print what it took: measured.py COMMAND…

A process of its own, because a command counts as its peak also that of the process which begins it. The output is a
JSON object: exit code, the end of what it said, CPU time in seconds with all that it started, and the largest memory of
one of its processes in MiB.
"""

import json
import os
import subprocess
import sys


def main(command: list[str]) -> None:
    """Run the command to its end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read() if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = {"seconds": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}
    print(json.dumps({"code": process.returncode, "said": said[-300:], **took}))


if __name__ == "__main__":
    main(sys.argv[1:])
