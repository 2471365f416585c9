"""Explanations in words and as JSON."""

from collections.abc import Sequence

from experiments.parameters.explain.explanation import Explanation, Variant

_TRAINED = {
    "everything": "everything",
    "nothing": "nothing",
    "head": "the head alone",
    "adapter": "the adapter",
    "adapter and head": "the adapter and the head",
}


def equation(terms: Sequence[tuple[str, int]]) -> str:
    """``2,648,568,320 (logical base …) - 1,258,291,200 (hidden by …) + … = 1,408,634,880``."""
    written = ""
    for words, number in terms:
        sign = ("-" if number < 0 else "") if not written else " - " if number < 0 else " + "
        written += f"{sign}{abs(number):,} ({words})"
    return f"{written} = {sum(number for _, number in terms):,}" if len(terms) > 1 else written


def summary(entry: Explanation) -> str:
    """What was counted, in one line."""
    parts = [_base(entry)] if entry.base else []
    if entry.has_adapter:
        adapter = entry.other.words if entry.other else entry.adapter_words
        parts.append(adapter if entry.in_total or not entry.base else f"{adapter}, left out of the total")
    if entry.trained:
        left_out = entry.trained.what == "adapter" and entry.base and entry.base.shape.head in ("classification", "qa")
        what = ", ".join(words for words, _ in entry.trained.beside) or _TRAINED[entry.trained.what]
        head = " and the head" if entry.trained.beside and entry.trained.head_elements else ""
        parts.append(f"trained: {what}{head}{', not the head' if left_out else ''}")
    parts += _beside(entry)
    if entry.cut_off:
        parts.append(f"the {' and the '.join(entry.cut_off)} cut off after the last printed digit, not rounded")
    return "; ".join(parts)


def _beside(entry: Explanation) -> list[str]:
    variant = entry.variant
    parts = [f"{' and '.join(name for name, _ in variant.saved)} trained and saved whole"] if variant.saved else []
    if variant.bias:
        parts.append(
            {"all": "all biases trained", "lora_only": "biases of the adapted layers trained"}[variant.bias[0]]
        )
    return parts + (["the trainable count halved, as a script for 4-bit models prints it"] if variant.halved else [])


def _base(entry: Explanation) -> str:
    base = entry.base
    words = f"the {'4-bit (NF4) ' if base.nf4 else ''}model {base.shape.words}"
    words += " counted twice" if base.copies == 2 else ""
    words += ", tied weights counted twice" if base.tied_twice else ""
    if base.rows:
        words += f", with a vocabulary of {base.shape.vocabulary + base.rows:,} instead of {base.shape.vocabulary:,}"
    return words


def explanation_json(entry: Explanation) -> dict[str, object]:
    """All that an explanation says. ``packing`` none also stands for int8, which stores as many elements."""
    base, trained, targets = entry.base, entry.trained, entry.targets
    found: dict[str, object] = {"summary": summary(entry), "likelihood": entry.likelihood}
    found["penalty"] = round(entry.penalty, 2)
    found["cut_off"] = list(entry.cut_off)
    if targets:
        found |= {
            "rank": entry.rank,
            "targets": list(targets.parts),
            "targets_are": None if entry.is_coincidence else targets.label,
            "equivalent_targets": [list(names) for names in targets.same],
            "equivalent_ranks_and_layers": [list(pair) for pair in entry.also],
            "equivalent_in_some_layers": [
                {"targets": list(names), "ranks_and_layers": [list(pair) for pair in pairs]}
                for names, pairs in entry.elsewhere
            ],
            **_variant(entry.variant),
        }
    if entry.other:
        found["adapter"] = {"method": entry.other.method, "virtual_tokens": entry.other.tokens}
    if base:
        found |= {
            "head": base.shape.head,
            "labels": base.shape.labels,
            "head_copies": base.copies if base.shape.head != "none" else 0,
            "packing": ["nf4"] if base.nf4 else ["none", "int8"],
            "tied_weights": None if not base.shape.tied else "twice" if base.tied_twice else "once",
            "vocabulary_rows": base.rows,
            "adapter_in_total": entry.in_total if entry.has_adapter else None,
            "total": _side(entry.total_terms),
        }
    if trained:
        side = {"what": trained.what, "head": trained.shape.head if trained.shape else None}
        side["labels"] = trained.shape.labels if trained.shape else None
        found["trainable"] = {**side, **_side(entry.trainable_terms)}
    return found


def _variant(variant: Variant) -> dict[str, object]:
    return {
        "dora": bool(variant.magnitudes),
        "layers": list(variant.layers) if variant.layers else None,
        "rank_pattern": dict(variant.ranks),
        "rank_in_one_layer": {variant.one_layer[0]: variant.one_layer[1]} if variant.one_layer else {},
        "modules_to_save": [name for name, _ in variant.saved],
        "bias": variant.bias[0] if variant.bias else "none",
        "trainable_halved": variant.halved,
    }


def _side(terms: list[tuple[str, int]]) -> dict[str, object]:
    listed = [{"words": words, "elements": number} for words, number in terms]
    return {"elements": sum(number for _, number in terms), "equation": equation(terms), "terms": listed}
