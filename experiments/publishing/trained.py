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
    """The folder of a trained model, its seed, and the frozen scores of the run that trained it.

    `approach` is the one of the study's approaches that it is, None where the study has but one.
    """

    folder: Path
    seed: int
    approach: str | None
    scores: FrozenTable


def find_trained(study: StudyBase, seed: int | None, approach: str | None, root: Path) -> TrainedModel:
    """The model of `seed` (the first of the frozen run without) that the study's frozen tables are about.

    Raises UserError where the study trains nothing, its tables are missing or damaged, the model on this machine is not
    the one whose scores are frozen, or there are several approaches and none is named.
    """
    scores = read_table(f"{study.study}/{SCORES}", root)
    made = scores.sidecar.provenance
    if not made.profile or not made.seeds:
        raise UserError(f"{study.study} trains no model")
    seed = made.seeds[0] if seed is None else seed
    if seed not in made.seeds:
        raise UserError(f"{study.study} is frozen with the seeds {', '.join(map(str, made.seeds))}, not with {seed}")
    again = f"`{made.command}` trains it again"
    work = work_folder(study, made.profile)
    folders = sorted(path.parent for path in work.glob(f"**/seed-{seed}/model/{CARD}"))
    if not folders:
        raise UserError(f"{shown_path(work)}: no trained model of seed {seed} lies here; {again}")
    found = {name: folder for folder in folders if (name := _approach(folder, seed, scores)) is not None}
    if not found:
        raise UserError(f"{shown_path(folders[0])}: not the model that {scores.id} is about; {again}")
    if approach is None and len(found) == 1:
        approach = next(iter(found))
    if approach not in found:
        raise UserError(f"{study.study} trains several models; choose with --approach: {', '.join(sorted(found))}")
    return TrainedModel(found[approach], seed, approach or None, scores)


def _approach(folder: Path, seed: int, scores: FrozenTable) -> str | None:
    """What the sidecar calls the approach whose trained weights lie in `folder`.

    It is "" where there is but one, and None for weights that the sidecar does not know.
    """
    digest = sha256_file(folder / FILE)
    names = (name for name, known in scores.sidecar.digests.models.items() if known == digest)
    trained = f"trained, seed {seed}"
    return next((name.removesuffix(trained).removesuffix(", ") for name in names if name.endswith(trained)), None)
