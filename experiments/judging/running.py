"""Ask every judge about every answer, in every order, and keep what it says as it comes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from experiments.judging.answers import Judged
from experiments.judging.judge import Judge, JudgeFailed, MatchingJudge, orders_of
from experiments.judging.kept import Kept
from experiments.judging.labelled import Shown
from experiments.judging.prompts import Pair, Question, question
from experiments.judging.study import Endpoint, Local, Matching, Settings
from experiments.judging.study import Judge as JudgeSettings
from experiments.judging.verdicts import Verdict
from experiments.system import Context, PartSpec
from experiments.tables.digest import SHORT, sha256_json
from experiments.tables.errors import UserError

Said = list[tuple[Question, Verdict]]
"""The verdicts of one judge on one pair, in every order."""


@dataclass(frozen=True)
class Opinions:
    """What one judge has to say: `by_prompt` holds its verdicts by the digest of the question."""

    settings: JudgeSettings
    judge: Judge
    kept: Kept
    by_prompt: Mapping[str, Verdict]

    @property
    def orders(self) -> tuple[str, ...]:
        return orders_of(self.settings)

    def of(self, template: str, pair: Pair) -> Said:
        """The verdicts on a pair, in every order in which the judge was asked."""
        asked = [question(template, pair, order) for order in self.orders]
        return [(each, self.by_prompt[each.digest]) for each in asked]


@dataclass(frozen=True)
class StudyFound(Shown):
    """What a whole run found; `judged` is empty where labelled examples alone are judged."""

    judged: tuple[Judged, ...]
    opinions: list[Opinions]

    @property
    def pairs(self) -> int:
        """How many pairs every judge had to judge."""
        return len(self.examples) + len(self.judged)


def ask_all(settings: Settings, pairs: Sequence[Pair], context: Context) -> list[Opinions]:
    """The opinions of all judges, in the order of the study.

    All are opened before the first is asked: a key that is not set should not be found out after an hour of work.
    Raises UserError for a judge that cannot be opened or does not answer; what was said until then is kept.
    """
    judges = [(each, _open(each, settings, context)) for each in settings.judges if context.wants(each.name)]
    opinions = [_ask(each, judge, settings.prompt, pairs, context) for each, judge in judges]
    context.made_parts()
    return opinions


def list_parts(settings: Settings) -> Iterator[PartSpec]:
    """What a run falls into: every judge that is a model. An endpoint, whose key stays here, is asked from here."""
    for judge in settings.judges:
        if isinstance(judge, Local):
            keeps = f"{judge.name}-{'?' * SHORT}.jsonl"
            yield PartSpec(judge.name, keeps, model=judge.model, dtype=judge.dtype, costs={"judge": judge.name})


def _open(settings: JudgeSettings, of: Settings, context: Context) -> Judge:
    """The judge with these settings. Raises UserError where it cannot be asked."""
    match settings:
        case Matching():
            return MatchingJudge(settings)
        case Endpoint():
            from experiments.judging.endpoint import EndpointJudge

            return EndpointJudge(settings)
        case Local():
            from experiments.judging.local import LocalJudge
            from experiments.training.runtime import device_for

            return LocalJudge(settings, of.prompt, device_for(context.profile))


def _ask(settings: JudgeSettings, judge: Judge, template: str, pairs: Sequence[Pair], context: Context) -> Opinions:
    kept = Kept(context.work() / f"{settings.name}-{sha256_json(dict(judge.identity))[:SHORT]}.jsonl")
    asked = (question(template, pair, order) for pair in pairs for order in orders_of(settings))
    wanted = {each.digest: each for each in asked}  # the same prompt is asked once
    open_ones = {digest: each for digest, each in wanted.items() if digest not in kept.verdicts}
    if open_ones and (kept.verdicts or kept.lost):
        kept.go_on()
    try:
        for _ in context.progress(_keeping(judge, open_ones, kept), f"judge {settings.name}", len(open_ones)):
            pass
    except JudgeFailed as failed:
        kept.lose(failed.spent, failed.seconds)
        done = sum(digest in kept.verdicts for digest in wanted)
        raise UserError(
            f"{settings.name}: {failed}; {done} of {len(wanted)} verdicts are kept, and the same command "
            "goes on from there"
        ) from None
    return Opinions(settings, judge, kept, {digest: kept.verdicts[digest] for digest in wanted})


def _keeping(judge: Judge, questions: Mapping[str, Question], kept: Kept) -> Iterator[Verdict]:
    """The verdicts, each on the disk before it is passed on."""
    digests = iter(questions)
    for piece in judge.verdicts(list(questions.values())):
        kept.add([next(digests) for _ in piece], piece, judge.models)
        yield from piece
