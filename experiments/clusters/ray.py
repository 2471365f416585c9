"""A Ray cluster: parts are tasks, which Ray places, and sends again where a machine is lost.

An actor of the cluster, not this process, owns the tasks. So they go on when this process ends, and a later one finds
them by the actor's name.
"""

import math
import os
import socket
import time
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from statistics import mean
from threading import Lock, Thread
from typing import Any

from experiments.clusters.kept import node_name
from experiments.clusters.protocol import Job, Needs, Said, Seen
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import PACKAGE_ROOT

NAMESPACE = "colophon"
LOST_MACHINES = 3  # how often Ray sends a part again by itself
OWNERS = 8  # actors of one run, each after the loss of the one before
LOST_ACTORS = f"the Ray cluster has lost {OWNERS} actors that kept watch over parts; run it again in a minute"
SECONDS = 5.0
SECONDS_BETWEEN = 0.5  # two looks of the actor at its tasks, where none of them ends
TASK_SECONDS = 3.0  # after which a task begins no further part
PARTS = 64  # of a task at most
AHEAD = 3  # tasks sent for each processor that could make one
LEAST = 16  # of tasks that are sent, however few processors there are


class RayCluster:
    """A cluster of Ray (see `protocol.Cluster`).

    Without an address one is begun on this machine, which ends with this process, and passes for one of so many
    `processors` as are asked for. Raises UserError where nothing answers at the address.
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
    """The actor that owns the tasks of one run, and remembers what became of them until somebody looks.

    A task makes one part, or several where parts are short, since each task costs Ray some milliseconds. So parts wait
    here, and a thread sends more as tasks end, whether or not somebody looks.
    """

    def __init__(self, job: Job) -> None:
        import ray

        self._ray, self._job = ray, ray.put(job)
        self._task = ray.remote(make_here)
        self._waiting: dict[str, str] = {}  # what is kept of each
        self._alone: set[str] = set()  # parts that were lost in company
        self._tasks: dict[Any, dict[str, str]] = {}
        self._ended: list[Seen] = []
        self._seconds: deque[float] = deque(maxlen=PARTS)  # what the last parts took
        self._asked: dict[str, Any] = {}
        self._lock = Lock()
        self._watch: Thread | None = None

    def parts(self) -> list[str]:
        """The parts that were submitted and whose end nobody has seen."""
        with self._lock:
            sent = [part for parts in self._tasks.values() for part in parts]
            return [*self._waiting, *sent, *(seen.part for seen in self._ended if seen.part)]

    def submit(self, parts: dict[str, str], asked: dict[str, Any]) -> None:
        """Begin with these parts; Ray itself tries again where a machine is lost."""
        with self._lock:
            if "label_selector" in asked:
                for part, keeps in parts.items():
                    self._send({part: keeps}, asked)
            else:
                self._asked = asked
                self._waiting |= parts
                self._send_more()
            if self._watch is None or not self._watch.is_alive():
                self._watch = Thread(target=self._keep_watch, daemon=True)
                self._watch.start()

    def look(self) -> list[Seen]:
        """The parts that have come to their end since the last look."""
        with self._lock:
            found, self._ended = self._ended, []
            return found

    def cancel(self) -> None:
        """End all tasks."""
        with self._lock:
            self._waiting.clear()
            for reference in self._tasks:
                self._ray.cancel(reference, force=True)
            self._tasks.clear()

    def _keep_watch(self) -> None:
        """Take what tasks have made, and send more parts, until there is none left."""
        while True:
            with self._lock:
                sent = list(self._tasks)
                if not sent and not self._waiting:
                    self._watch = None
                    return
            try:
                first, rest = self._ray.wait(sent, timeout=SECONDS_BETWEEN) if sent else ([], [])
                more, _ = self._ray.wait(rest, num_returns=len(rest), timeout=0) if first and rest else ([], [])
                with self._lock:
                    for reference in [*first, *more]:
                        self._take(reference)
                    self._send_more()
            except Exception as error:  # without a watch nothing would ever come to its end
                with self._lock:
                    self._tasks.clear()
                    self._waiting.clear()
                    self._ended = [Seen("", "ended", why=printable(f"the watch over the parts ended: {error}", 200))]

    def _take(self, reference: Any) -> None:
        """Note the end of a task. Parts that it had no time for wait again; those that were lost in company too."""
        parts = self._tasks.pop(reference, {})
        try:
            made = [Said(**said) for said in self._ray.get(reference)] if parts else []
        except self._ray.exceptions.RayError as error:
            if len(parts) > 1:  # any of them may be the one that ends its process
                self._alone |= set(parts)
                self._waiting = {**parts, **self._waiting}
            else:
                why = printable(str(error).splitlines()[0], 200)
                self._ended += [Seen(part, "ended", why=why) for part in parts]
            return
        self._seconds.extend(said.seconds for said in made)
        self._ended += [Seen(said.part, "ended", said.node, said) for said in made]
        left = {part: keeps for part, keeps in parts.items() if part not in {said.part for said in made}}
        self._waiting = {**left, **self._waiting}

    def _send_more(self) -> None:
        """Send parts, as long as machines are not known to have enough to do."""
        if not self._waiting:
            return
        slots = self._ray.cluster_resources().get("CPU", 1) / max(self._asked["num_cpus"], 0.1)
        room = max(math.ceil(AHEAD * slots), LEAST) - len(self._tasks)
        for _ in range(room):
            if not self._waiting:
                return
            fair = math.ceil(len(self._waiting) / (AHEAD * slots))
            size = min(self._fitting(), fair)
            chosen: dict[str, str] = {}
            for part in list(islice(self._waiting, size)):
                if part in self._alone and chosen:
                    break
                chosen[part] = self._waiting.pop(part)
                if part in self._alone:
                    break
            self._send(chosen, self._asked)

    def _fitting(self) -> int:
        """How many parts fit into the time of a task, going by the last ones."""
        if not self._seconds:
            return 1
        return max(1, min(PARTS, int(TASK_SECONDS / max(mean(self._seconds), 0.001))))

    def _send(self, parts: dict[str, str], asked: dict[str, Any]) -> None:
        task = self._task.options(**asked, max_retries=LOST_MACHINES, scheduling_strategy="SPREAD")
        self._tasks[task.remote(self._job, parts)] = parts


def make_here(job: Job, parts: dict[str, str]) -> list[dict]:
    """The task: make parts on the machine that Ray has chosen, and no further one once its time is over."""
    import ray

    from experiments.clusters.worker import logged, make

    node, until, made = _node_here(ray.get_runtime_context().get_node_id()), time.monotonic() + TASK_SECONDS, []
    for part, keeps in parts.items():
        with logged(job, part):
            made.append(asdict(make(job, part, keeps, node=node)))
        if time.monotonic() > until:
            break
    return made


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
