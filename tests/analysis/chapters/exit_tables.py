"""Frozen tables of early exits and of judges, made up for the tests."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

Row = Mapping[str, object]
Freeze = Callable[..., None]
DEPTHS = (1, 3, 5)
QUANTITIES = ("bleu", "rouge_l", "bertscore_precision", "bertscore_recall", "bertscore_f1")
TESTED = ("bleu", "rouge_l", "bertscore_f1")
STAGES = {"base": ("all",), "fine-tuned": ("seed-0", "seed-1", "all")}


def scores(
    freeze: Freeze,
    models: Sequence[str] = ("stories",),
    *,
    value: float = 10.0,
    echo: float = 5.0,
    empty: float = 0.0,
    repeated: Mapping[int, float] | None = None,
    prompted: Mapping[int, float] | None = None,
    baseline: float = 50.0,
) -> None:
    """Scores of `value` with an interval of one point to either side, and the baselines."""
    rows = [
        {
            "model": model,
            "stage": stage,
            "run": run,
            "depth": depth,
            "quantity": quantity,
            "value": value,
            "low": value - 1,
            "high": value + 1,
            "n": 40,
            "echo_baseline": echo,
            "empty_share": empty,
            "repeated_share": (repeated or {}).get(depth, 0.0),
            "with_prompt": (prompted or {}).get(depth, 60.0),
            "with_prompt_empty_baseline": baseline,
            "seeds": 2 * (stage != "base"),
        }
        for model in models
        for stage, runs in STAGES.items()
        for run in runs
        for depth in DEPTHS
        for quantity in QUANTITIES
    ]
    freeze("early-exit-alpaca/scores", rows)
    rows = [
        {
            "model": model,
            "answer": answer,
            "quantity": quantity,
            "with_prompt": baseline,
            "low": baseline - 2,
            "high": baseline + 2,
            "n": 40,
        }
        for model in models
        for answer in ("empty", "prompt-echo")
        for quantity in QUANTITIES
    ]
    freeze("early-exit-alpaca/baselines", rows)


def tests(freeze: Freeze, difference: Callable[[str, str, int], tuple[float, float]]) -> None:
    """Tests: `difference(comparison, stage, depth after)` is that of every score with its corrected p-value."""
    pairs = [("fine-tuning", "base", depth, "fine-tuned", depth) for depth in DEPTHS]
    for stage in STAGES:
        pairs += [("deeper", stage, before, stage, after) for before, after in pairwise(DEPTHS)]
        pairs.append(("deepest", stage, DEPTHS[0], stage, DEPTHS[-1]))
    rows = []
    for comparison, before_stage, before, stage, after in pairs:
        change, p = difference(comparison, stage, after)
        rows += [
            {
                "model": "stories",
                "comparison": comparison,
                "run": "all",
                "before_stage": before_stage,
                "before_depth": before,
                "after_stage": stage,
                "after_depth": after,
                "quantity": quantity,
                "n": 40,
                "difference": change,
                "low": change - 1,
                "high": change + 1,
                "p_value": p,
                "p_holm": p,
            }
            for quantity in TESTED
        ]
    freeze("early-exit-alpaca/tests", rows)


def curves(freeze: Freeze) -> None:
    """Learning curves of two seeds, whose best checkpoints stand at different epochs."""
    rows = [
        {
            "model": "stories",
            "run": run,
            "step": step,
            "epoch": float(step),
            "validation_loss": 3.0 / step,
            "best": step == best,
        }
        for run, best in (("seed-0", 1), ("seed-1", 2))
        for step in (1, 2)
    ]
    freeze("early-exit-alpaca/curves", rows)


def tokens(freeze: Freeze, found: Sequence[tuple[str, Mapping[int, tuple[float, int]]]]) -> None:
    """A shown prompt: what each model says and the reference, both with these tokens, probabilities and ranks."""
    rows = [
        {
            "model": "stories",
            "stage": stage,
            "run": run,
            "prompt": "pet",
            "sequence": sequence,
            "position": place,
            "depth": depth,
            "token": token,
            "probability": probability,
            "rank": rank,
        }
        for stage, run in (("base", "all"), ("fine-tuned", "seed-0"))
        for sequence in ("produced", "reference")
        for place, (token, at) in enumerate(found, start=1)
        for depth, (probability, rank) in at.items()
    ]
    freeze("early-exit-alpaca/probabilities", rows)


def prompt(freeze: Freeze, **cells: object) -> None:
    """The shown prompt `pet`."""
    row = {"model": "stories", "prompt": "pet", **cells}
    freeze("early-exit-alpaca/prompts", [row])


def answers(freeze: Freeze, rouge: Mapping[str, float], text: str = "A cat.") -> None:
    """An answer of every exit and run to each example; `rouge` is the ROUGE-L of the deepest fine-tuned one."""
    rows = [
        {
            "model": "stories",
            "stage": stage,
            "run": run,
            "depth": depth,
            "id": name,
            "text": text,
            "stop": "end",
            "rouge_l": value,
        }
        for stage, run in (("base", "all"), ("fine-tuned", "seed-0"), ("fine-tuned", "seed-1"))
        for depth in DEPTHS
        for name, value in rouge.items()
    ]
    freeze("early-exit-alpaca/answers", rows)


def judge(
    freeze: Freeze,
    marked: Mapping[int, tuple[float, float, float]],
    kappa: tuple[float | None, ...] = (0.5, 0.3, 0.7),
    *,
    order: bool = True,
    unparsed: int = 0,
    baselines: tuple[float, float] = (0.0, 0.1),
    cost: Row | None = None,
) -> None:
    """One judge: by depth the share that it marks right with its interval, and its agreement with our labels."""
    rows = [
        {
            "judge": "small",
            "model": "stories",
            "stage": stage,
            "run": "all",
            "depth": depth,
            "accuracy": value,
            "accuracy_low": low,
            "accuracy_high": high,
            "n": 40,
            "answers": 40,
            "right": round(40 * value),
            "empty_baseline": baselines[0],
            "echo_baseline": baselines[1],
        }
        for stage in STAGES
        for depth, (value, low, high) in marked.items()
    ]
    freeze("judge-by-layer/accuracy", rows)
    by_order = {"right_answer_first": 0.6, "right_reference_first": 0.4} if order else {}
    rows = [
        {
            "judge": "small",
            "category": category,
            **dict(zip(("kappa", "kappa_low", "kappa_high"), kappa, strict=True)),
            "n": 50,
            "agreement": 0.62,
            "right_as_right": 20,
            "right_as_wrong": 2,
            "right_as_undecided": 1,
            "wrong_as_right": 7,
            "wrong_as_wrong": 20,
            "inconsistent": 5,
            "unparsed": unparsed,
            **by_order,
        }
        for category in ("all", "brief")
    ]
    freeze("judge-by-layer/agreement", rows)
    row = {"judge": "small", "kind": "local", "by": "likelihood", **(cost or {})}
    freeze("judge-by-layer/cost", [row])


def labels() -> Iterator[str]:
    """Tokens that are hard to read or to draw."""
    yield from (" ", "\n", "", "\u202e", "\N{CJK UNIFIED IDEOGRAPH-4E2D}", "{{< meta title >}}")
