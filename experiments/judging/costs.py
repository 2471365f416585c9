"""What each judge took, over all interruptions."""

from collections.abc import Sequence

from experiments.judging.running import Opinions
from experiments.judging.study import Endpoint, Local, Prices
from experiments.judging.verdicts import Verdict

Row = dict[str, object]


def cost_row(opinions: Opinions, verdicts: int) -> Row:
    """The row of one judge in the table of costs; `verdicts` are those that the tables hold."""
    settings, said = opinions.settings, list(opinions.by_prompt.values())
    lost = opinions.kept.lost
    return {
        "judge": settings.name,
        "kind": settings.kind,
        "by": None,
        "model": None,
        "served_models": None,
        "host": None,
        "verdicts": verdicts,
        "asked": len(said),
        "calls": None,
        "retries": None,
        "interruptions": opinions.kept.interruptions,
        "prompt_tokens": _total(said, "prompt_tokens"),
        "verdict_tokens": _total(said, "verdict_tokens"),
        "uncounted": None,
        "money": None,
        "currency": None,
        "wall_seconds": sum(each.seconds for each in said) + sum(seconds for _, seconds in lost),
        "waited_seconds": None,
        **_own(opinions, said),
    }


def _own(opinions: Opinions, said: Sequence[Verdict]) -> Row:
    """What only judges of this kind have."""
    settings = opinions.settings
    if isinstance(settings, Local):
        return {"by": settings.by, "model": settings.model.name}
    if not isinstance(settings, Endpoint):
        return {}
    spent = [each.spent for each in said] + [spent for spent, _ in opinions.kept.lost]
    uncounted = sum(None in (each.prompt_tokens, each.verdict_tokens) for each in said)
    prices = settings.prices
    return {
        "model": opinions.judge.model,
        "host": opinions.judge.host,
        "served_models": ", ".join(sorted({each.served_model for each in said} - {None})) or None,
        "calls": sum(each.calls for each in spent),
        "retries": sum(each.retries for each in spent),
        "uncounted": uncounted,
        "money": None if uncounted or prices is None else _money(said, prices),
        "currency": prices.currency if prices else None,
        "waited_seconds": sum(each.waited for each in spent),
    }


def _money(said: Sequence[Verdict], prices: Prices) -> float:
    prompts, words = (_total(said, name) or 0 for name in ("prompt_tokens", "verdict_tokens"))
    return (prompts * prices.prompt + words * prices.completion) / 1e6


def _total(said: Sequence[Verdict], name: str) -> int | None:
    """The sum of what was counted; None where nothing was."""
    counted = [value for each in said if (value := getattr(each, name)) is not None]
    return sum(counted) if counted else None
