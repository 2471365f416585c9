"""A Ray cluster: parts are tasks, which Ray places, and sends again where a machine is lost.

An actor of the cluster, not this process, owns the tasks. So they go on when this process ends, and a later one finds
them by the actor's name.
"""

import os
import socket
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from experiments.clusters.kept import node_name
from experiments.clusters.protocol import Job, Needs, Said, Seen
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import PACKAGE_ROOT

NAMESPACE = "colophon"
LOST_MACHINES = 3  # how often Ray sends a part again by itself
OWNERS = 8  # actors of one run, each after the loss of the one before
LOST_ACTORS = f"the Ray cluster has lost {OWNERS} actors that kept watch over parts; run it again in a minute"
AT_ONCE = 1000
SECONDS = 5.0


class RayCluster:
    """See `protocol.Cluster`. Without an address one is begun on this machine, which ends with this process, and passes
    for one of so many `processors` as are asked for.

    Raises UserError where nothing answers at the address.
    """

    name = "ray"

    def __init__(self, needs: Needs, address: str | None, processors: int | None = None) -> None:
        try:
            import ray
        except ModuleNotFoundError:
            raise UserError(
                "Ray is not installed; install lockfiles/ray.txt (`make ray` does), or colophon[ray]"
            ) from None
        self._ray, self._needs = ray, needs
        self._owners: dict[str, Any] = {}
        self._bereft: set[str] = set()  # runs whose actor was lost with all that it knew
        address = address or os.environ.get("RAY_ADDRESS")
        self.lasting = address is not None
        if address is not None:
            check_answers(address)
        path = os.pathsep.join(filter(None, (str(PACKAGE_ROOT), os.environ.get("PYTHONPATH"))))
        begun_here = {"include_dashboard": False, "_node_ip_address": "127.0.0.1", "num_cpus": processors}
        try:
            ray.init(
                address=address,
                namespace=NAMESPACE,
                runtime_env={"env_vars": {"PYTHONPATH": path}},
                log_to_driver=False,
                logging_level="ERROR",
                **({} if address else begun_here),
            )
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            where = f"no Ray cluster answers at {address}" if address else "Ray does not begin here"
            raise UserError(f"{where}: {printable(str(error).splitlines()[0], 200)}") from None

    def find(self, job: Job) -> Collection[str]:
        """The parts that an actor has which an earlier call left."""
        if job.fingerprint in self._owners:
            return self._ray.get(self._owners[job.fingerprint].parts.remote())
        for number in range(OWNERS):
            with suppress(ValueError, self._ray.exceptions.RayError):
                owner = self._ray.get_actor(_owner_name(job, number), namespace=NAMESPACE)
                found = self._ray.get(owner.parts.remote(), timeout=60)
                self._owners[job.fingerprint] = owner
                return found
        return ()

    def submit(self, job: Job, parts: Mapping[str, str], avoid: Collection[str] = ()) -> None:
        """Send parts to the actor. Raises UserError where no machine could ever take one."""
        needs = self._needs
        asked = {"num_cpus": needs.cpus, "num_gpus": needs.gpus}
        if needs.memory:
            asked["memory"] = needs.memory
        self._check_room(asked, avoid)
        if avoid:
            nodes = [node["NodeID"] for node in self._ray.nodes() if _name_of(node) in avoid]
            asked["label_selector"] = {"ray.io/node-id": f"!in({','.join(nodes)})"}
        for _ in range(OWNERS):
            owner = self._owners.get(job.fingerprint) or self._new_owner(job)
            try:
                self._ray.get(owner.submit.remote(dict(parts), asked))
                return
            except self._ray.exceptions.RayActorError:
                self._owners.pop(job.fingerprint)
                self._bereft.add(job.fingerprint)
        raise UserError(LOST_ACTORS)

    def look(self, job: Job) -> Iterator[Seen]:
        """What the actor has learnt; where its machine was lost, so are all parts that it had."""
        owner = self._owners.get(job.fingerprint)
        if owner is not None and job.fingerprint not in self._bereft:
            try:
                yield from self._ray.get(owner.look.remote())
            except self._ray.exceptions.ActorUnavailableError:
                return  # it does not answer for the moment
            except self._ray.exceptions.RayActorError:
                del self._owners[job.fingerprint]
                self._bereft.add(job.fingerprint)
        if job.fingerprint in self._bereft:
            self._bereft.remove(job.fingerprint)
            yield Seen("", "ended", why="the machine that kept watch over the parts was lost")

    def cancel(self, job: Job) -> None:
        """End the tasks and the actor."""
        owner = self._owners.pop(job.fingerprint, None)
        if owner is not None:
            with suppress(self._ray.exceptions.RayError):
                self._ray.get(owner.cancel.remote(), timeout=60)
                self._ray.kill(owner)

    def close(self) -> None:
        """Leave the cluster."""
        self._ray.shutdown()

    def _check_room(self, asked: Mapping[str, float], avoid: Collection[str]) -> None:
        names = {"num_cpus": "CPU", "num_gpus": "GPU", "memory": "memory"}
        alive = [node for node in self._ray.nodes() if node["Alive"] and _name_of(node) not in avoid]
        for node in alive:
            if all(node["Resources"].get(names[what], 0) >= amount for what, amount in asked.items()):
                return
        wanted = ", ".join(f"{amount:g} {names[what]}" for what, amount in asked.items() if amount)
        others = "other " if avoid else ""
        raise UserError(f"no {others}machine of the Ray cluster has {wanted}")

    def _new_owner(self, job: Job) -> Any:
        ray = self._ray
        here = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
            ray.get_runtime_context().get_node_id(), soft=False
        )
        for number in range(OWNERS):
            life = {"lifetime": "detached", "name": _owner_name(job, number)} if self.lasting else {}
            with suppress(ray.exceptions.ActorAlreadyExistsError):  # one that is lost keeps its name for a while
                made = ray.remote(Owner).options(num_cpus=0, scheduling_strategy=here, **life).remote(job)
                self._owners[job.fingerprint] = made
                return made
        raise UserError(LOST_ACTORS)


class Owner:
    """The actor that owns the tasks of one run, and remembers what became of them until somebody looks."""

    def __init__(self, job: Job) -> None:
        import ray

        self._ray, self._job = ray, ray.put(job)
        self._task = ray.remote(make_here)
        self._parts: dict[Any, str] = {}

    def parts(self) -> list[str]:
        """Those whose end nobody has seen."""
        return list(self._parts.values())

    def submit(self, parts: dict[str, str], asked: dict[str, Any]) -> None:
        """Begin a task for each part; Ray itself tries again where a machine is lost."""
        task = self._task.options(**asked, max_retries=LOST_MACHINES, scheduling_strategy="SPREAD")
        for part, keeps in parts.items():
            self._parts[task.remote(self._job, part, keeps)] = part

    def look(self) -> list[Seen]:
        """The parts that have come to their end since the last look."""
        ray, found = self._ray, []
        if not self._parts:
            return found
        ended, _ = ray.wait(list(self._parts), num_returns=min(len(self._parts), AT_ONCE), timeout=0)
        for reference in ended:
            part = self._parts.pop(reference)
            try:
                said = Said(**ray.get(reference))
                found.append(Seen(part, "ended", said.node, said))
            except ray.exceptions.RayError as error:
                found.append(Seen(part, "ended", why=printable(str(error).splitlines()[0], 200)))
        return found

    def cancel(self) -> None:
        """End all tasks."""
        for reference in self._parts:
            self._ray.cancel(reference, force=True)
        self._parts.clear()


def make_here(job: Job, part: str, keeps: str) -> dict:
    """The task: make one part on the machine that Ray has chosen."""
    import ray

    from experiments.clusters.worker import logged, make

    with logged(job, part):
        said = make(job, part, keeps, node=_node_here(ray.get_runtime_context().get_node_id()))
    return asdict(said)


def check_answers(address: str) -> None:
    """Raises UserError where nothing listens at an address, which Ray itself would take a minute to find out."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon or not port.isdigit():
        if address in ("auto", "local"):
            return
        raise UserError(f"{printable(address)} is no address of a Ray cluster; it must read host:port")
    try:
        socket.create_connection((host.strip("[]"), int(port)), SECONDS).close()
    except OSError as error:
        raise UserError(f"no Ray cluster answers at {printable(address)}: {error.strerror or error}") from None


def _owner_name(job: Job, number: int) -> str:
    return f"{job.name}-{job.fingerprint[:12]}-{number}"


def _name_of(node: Mapping[str, Any]) -> str:
    return node_label(node["NodeManagerHostname"], node["NodeID"])


def _node_here(node_id: str) -> str:
    return node_label(node_name(), node_id)


def node_label(host: str, node_id: str) -> str:
    """What a machine is called: several nodes of Ray may share a host."""
    return f"{host}/{node_id[:8]}"
