"""The trained model of a study: found among the runs, and held against the frozen tables."""

from dataclasses import dataclass
from pathlib import Path

from experiments.freezing.execute import work_folder
from experiments.study import StudyBase
from experiments.tables.digest import sha256_file
from experiments.tables.errors import UserError
from experiments.tables.locations import shown_path
from experiments.tables.read import FrozenTable, read_table
from experiments.training.saved import CARD
from experiments.training.trainable import FILE

SCORES = "scores"


@dataclass(frozen=True)
class TrainedModel:
    """The folder of a trained model, the seed, and the frozen scores of the run that trained it.

    `name` is what its sidecar calls the model: "trained, seed 0", with the approach in front where there are several.
    """

    folder: Path
    seed: int
    name: str
    scores: FrozenTable


def find_trained(study: StudyBase, seed: int | None, root: Path) -> TrainedModel:
    """The model of `seed` (the first of the frozen run without) that the study's frozen tables are about.

    Raises UserError where the study trains nothing, its tables are missing or damaged, or the model on this machine is
    not the one whose scores are frozen.
    """
    scores = read_table(f"{study.study}/{SCORES}", root)
    made = scores.sidecar.provenance
    if not made.profile or not made.seeds:
        raise UserError(f"{study.study} trains no model")
    seed = made.seeds[0] if seed is None else seed
    if seed not in made.seeds:
        raise UserError(f"{study.study} is frozen with the seeds {', '.join(map(str, made.seeds))}, not with {seed}")
    command = f"`{made.command}` trains it again"
    work = work_folder(study, made.profile)
    folders = sorted(path.parent for path in work.glob(f"**/seed-{seed}/model/{CARD}"))
    if not folders:
        raise UserError(f"{shown_path(work)}: no trained model of seed {seed} lies here; {command}")
    names = {digest: name for name, digest in scores.sidecar.digests.models.items()}
    known = [(folder, names[digest]) for folder in folders if (digest := sha256_file(folder / FILE)) in names]
    if not known:
        raise UserError(f"{shown_path(folders[0])}: not the model that {scores.id} is about; {command}")
    return TrainedModel(known[0][0], seed, known[0][1], scores)
