"""`experiments explain`"""

from typing import Annotated

import typer

SHOWN = 5
MOST_JSON = 1000


def explain_count(
    model: Annotated[str, typer.Argument(help="A model that ships with the project, a config.json, or its folder.")],
    total: Annotated[str | None, typer.Option(help='Reported total: 1408634880, 1,408,634,880, "1.2 billion".')] = None,
    trainable: Annotated[str | None, typer.Option(help='Reported trainable parameters, as "5.6 million".')] = None,
    labels: Annotated[int | None, typer.Option(help="Labels of the classification head; else 1 to 10.")] = None,
    rank: Annotated[int | None, typer.Option(help="LoRA rank; else every rank up to 1024 is considered.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=f"Print JSON, with up to {MOST_JSON} explanations.")] = False,
) -> None:
    """Find ways of counting that give exactly the reported numbers, the likeliest first.

    A number with a unit (5.6 million) is taken as rounded: anything that rounds to it counts as found. Where nothing
    plausible does, its digits may have been cut off. Where nothing usual gives numbers printed in full, the search
    goes on to DoRA, layer subsets, rank patterns, saved modules, biases, resized vocabularies and halved prints. An
    answer that no way was found says what was searched, and the exit code is 1.
    """
    from experiments.parameters.catalogue import find_model
    from experiments.parameters.explain import explain, parse_figure

    if total is None and trainable is None:
        raise typer.BadParameter("give --total, --trainable, or both")
    found = explain(
        find_model(model),
        parse_figure(total) if total is not None else None,
        parse_figure(trainable) if trainable is not None else None,
        labels,
        rank,
    )
    if as_json:
        _print_json(found)
    else:
        _print(found)
    if not found.plausible:
        raise typer.Exit(1)


def _print(found) -> None:
    from experiments.parameters.explain.words import equation, summary

    entries = found.explanations
    print(f"{found.model} ({found.method}): {_asked(found)}")
    if not found.plausible:
        print("no way found. Searched:")
        for part in found.searched:
            print(f"- {part}")
        if entries:
            print("These sums come out all the same, far-fetched as they are:")
    for number, entry in enumerate(entries[:SHOWN], 1):
        print(f"\n{number}. {summary(entry)} ({entry.likelihood})")
        for side, terms in (("total", entry.total_terms), ("trainable", entry.trainable_terms)):
            if terms:
                print(f"   {side}: {equation(terms)}")
        if entry.also:
            print(f"   as many elements: {_in_layers(entry.also)}")
        if entry.targets and entry.targets.same:
            print(f"   as many elements: {'; '.join(', '.join(names) for names in entry.targets.same)}")
        for names, pairs in entry.elsewhere:
            print(f"   as many elements: {', '.join(names)} with {_in_layers(pairs)}")
    if len(entries) > SHOWN:
        print(f"\n{len(entries):,} explanations in all; the {SHOWN} likeliest are shown (--json has more)")


def _in_layers(pairs) -> str:
    return "; ".join(f"r={rank} in {layers} layer{'s' if layers > 1 else ''}" for rank, layers in pairs)


def _print_json(found) -> None:
    import json

    from experiments.parameters.explain.words import explanation_json

    figures = {
        side: {"text": figure.text, "low": figure.low, "high": figure.high} if figure else None
        for side, figure in (("total", found.total), ("trainable", found.trainable))
    }
    shown = [explanation_json(entry) for entry in found.explanations[:MOST_JSON]]
    counts = {"found": len(found.explanations), "shown": len(shown)}
    content = {"schema_version": 1, "model": found.model, "method": found.method, "reported": figures, **counts}
    content |= {"searched": found.searched, "explanations": shown}
    print(json.dumps(content, indent=2))


def _asked(found) -> str:
    sides = (("total", found.total), ("trainable", found.trainable))
    return ", ".join(
        f"{side} {figure.low:,}" + ("" if figure.exact else f" to {figure.high:,} ({figure.text})")
        for side, figure in sides
        if figure
    )
