"""A real Slurm on this machine alone: munged, slurmctld, and two slurmd that pass for two nodes."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

NODES = ("one", "two")
CONF = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1,batch_sched_delay=0
ReturnToService=2
MinJobAge=2
KillWait=1
InactiveLimit=0
SlurmdTimeout=30
SlurmdParameters=config_overrides
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdSpoolDir={folder}/spool-%n
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdLogFile={folder}/slurmd-%n.log
{nodes}
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def why_not() -> str | None:
    """Why Slurm cannot be started here; None where it can."""
    missing = [name for name in ("munged", "slurmctld", "slurmd", "sbatch") if program(name) is None]
    return f"{', '.join(missing)} not installed: apt-get install slurm-wlm munge" if missing else None


def program(name: str) -> str | None:
    """A program, also of those that only root has on its path."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))


class Slurm:
    """The daemons, and the variables with which commands find them."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._running = folder, []
        folder.chmod(0o755)
        (folder / "state").mkdir()
        key = folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o600)
        ports = _free_ports(1 + len(NODES))
        host = socket.gethostname()
        nodes = "\n".join(
            f"NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=4 State=UNKNOWN"
            for name, port in zip(NODES, ports[1:], strict=True)
        )
        conf = folder / "slurm.conf"
        conf.write_text(CONF.format(user=_user(), host=host, port=ports[0], folder=folder, nodes=nodes), "utf-8")
        self.variables = {"SLURM_CONF": str(conf)}

    def start(self) -> None:
        """Start the daemons, and wait until both nodes are idle."""
        at = self._folder
        self._run(
            "munged",
            "--foreground",
            "--force",
            f"--socket={at}/munge.socket",
            f"--key-file={at}/munge.key",
            f"--pid-file={at}/munged.pid",
            f"--log-file={at}/munged.log",
            f"--seed-file={at}/munged.seed",
        )
        self._until(lambda: (at / "munge.socket").exists())
        self._run("slurmctld", "-D", "-c", "-f", self.variables["SLURM_CONF"])
        for name in NODES:
            (at / f"spool-{name}").mkdir()
            self._run("slurmd", "-D", "-N", name, "-f", self.variables["SLURM_CONF"])
        self._until(lambda: self.ask("sinfo", "-h", "-N", "-o", "%T").split() == ["idle"] * len(NODES))

    def ask(self, *command: str) -> str:
        """What a command of Slurm says."""
        done = subprocess.run(
            command, env={**os.environ, **self.variables}, capture_output=True, text=True, check=False
        )
        return done.stdout

    def stop(self) -> None:
        """End the daemons, and what they have started."""
        self.ask("scancel", "--user", _user())
        for process in reversed(self._running):
            process.terminate()
        for process in self._running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _run(self, name: str, *arguments: str) -> None:
        log = (self._folder / f"{name}.out").open("ab")
        with log:
            self._running.append(
                subprocess.Popen(
                    [program(name), *arguments],
                    env={**os.environ, **self.variables},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def _until(self, condition) -> None:
        for _ in range(600):
            if condition():
                return
            ended = [process.args[0] for process in self._running if process.poll() is not None]
            assert not ended, f"{ended[0]} has ended; see {self._folder}"
            time.sleep(0.1)
        raise AssertionError(f"Slurm does not come up; see {self._folder}")


def _user() -> str:
    """Whose the daemons are, and the jobs: for one's own no daemon has to be root's."""
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def _free_ports(number: int) -> list[int]:
    sockets = [socket.socket() for _ in range(number)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
