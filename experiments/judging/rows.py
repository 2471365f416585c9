"""From the opinions of judges to the rows of the tables that only a run can make; see `scores` for the others."""

from collections.abc import Iterator, Sequence

from experiments.judging.prompts import NO_ORDER
from experiments.judging.running import Opinions, Said, StudyFound
from experiments.judging.study import Endpoint, Local, Prices
from experiments.judging.verdicts import Spent, Verdict, mark
from experiments.system import Row


def labelled_rows(found: StudyFound) -> Iterator[Row]:
    """The verdicts on the labelled examples."""
    for opinions in found.opinions:
        for example in found.examples:
            about = {"judge": opinions.settings.name, "id": example.id}
            for row in _verdict_rows(about, opinions.of(found.template, example.pair)):
                yield {**row, "category": example.category, "label": example.label}


def verdict_rows(found: StudyFound) -> Iterator[Row]:
    """The verdicts on answers and trivial baselines."""
    for opinions in found.opinions:
        for each in found.judged:
            about = {"judge": opinions.settings.name, **each.key()}
            for row in _verdict_rows(about, opinions.of(found.template, each.pair)):
                yield {**row, "empty": not each.pair.answer.strip()}


def cost_rows(found: StudyFound) -> Iterator[Row]:
    """What each judge took, over all interruptions."""
    for opinions in found.opinions:
        settings, said = opinions.settings, list(opinions.by_prompt.values())
        lost = opinions.kept.lost
        yield {
            "judge": settings.name,
            "kind": settings.kind,
            "by": settings.by if isinstance(settings, Local) else None,
            "model": opinions.judge.model,
            "served_models": None,
            "host": opinions.judge.host,
            "verdicts": found.pairs * len(opinions.orders),
            "asked": len(said),
            "calls": None,
            "retries": None,
            "interruptions": opinions.kept.interruptions,
            "prompt_tokens": _total(each.prompt_tokens for each in said),
            "verdict_tokens": _total(each.verdict_tokens for each in said),
            "uncounted": None,
            "money": None,
            "currency": None,
            "wall_seconds": sum(each.seconds for each in said) + sum(seconds for _, seconds in lost),
            "waited_seconds": None,
            **(_endpoint_costs(settings, opinions, said) if isinstance(settings, Endpoint) else {}),
        }


def _endpoint_costs(settings: Endpoint, opinions: Opinions, said: Sequence[Verdict]) -> Row:
    """What only an endpoint has."""
    spent = sum([*(each.spent for each in said), *(spent for spent, _ in opinions.kept.lost)], Spent())
    uncounted = sum(None in (each.prompt_tokens, each.verdict_tokens) for each in said)
    prices = settings.prices
    return {
        "served_models": ", ".join(sorted({each.served_model for each in said} - {None})) or None,
        "calls": spent.calls,
        "retries": spent.retries,
        "uncounted": uncounted,
        "money": None if uncounted or prices is None else _money(said, prices),
        "currency": prices.currency if prices else None,
        "waited_seconds": spent.waited,
    }


def _money(said: Sequence[Verdict], prices: Prices) -> float:
    """What verdicts cost at these prices; the tokens of each must have been counted."""
    return sum(each.prompt_tokens * prices.prompt + each.verdict_tokens * prices.completion for each in said) / 1e6


def _total(counts: Iterator[int | None]) -> int | None:
    """The sum of what was counted; None where nothing was."""
    counted = [count for count in counts if count is not None]
    return sum(counted) if counted else None


def _verdict_rows(about: Row, said: Said) -> Iterator[Row]:
    marked = mark(verdict.verdict for _, verdict in said)
    for asked, verdict in said:
        yield {
            **about,
            "order": asked.order,
            "verdict": verdict.verdict,
            "mark": marked,
            "raw": verdict.raw,
            "raw_characters": verdict.raw_characters,
            "margin": verdict.margin,
            "truncated": verdict.truncated,
            "prompt_sha256": None if asked.order == NO_ORDER else asked.digest,
            "prompt_tokens": verdict.prompt_tokens,
            "verdict_tokens": verdict.verdict_tokens,
        }
