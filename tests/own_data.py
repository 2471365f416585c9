"""Data of a stranger's own, MNLI-shaped pairs and songs, with a LoRA study and a probe of tiny models in YAML alone."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

DATA = {
    "name": "animals",
    "kind": "pair",
    "labels": ["entailment", "not entailment", "Neutral"],
    "splits": {"train": "nli/train.csv", "dev": "nli/validation_matched.csv"},
}
LORA = {
    "model": {"name": "smoke-decoder"},
    "data": DATA,
    "split": {"rule": "stratified", "train": "train", "share": 0.7, "test": "dev"},
    "text": "{premise} so {hypothesis}",
    "training": {
        "method": "lora",
        "lora": {"r": 2, "alpha": 4, "targets": "all-linear"},
        "epochs": 1,
        "batch_size": 8,
        "learning_rate": 5.0e-3,
        "max_tokens": 48,
    },
    "seeds": [0],
}
PROBE = {
    "models": [{"name": "smoke-encoder"}],
    "data": {"name": "songs"},
    "split": "all",
    "prompt": "{words}",
    "targets": [{"kind": "classification", "field": "mood"}, {"kind": "regression", "field": "tempo"}],
    "controls": {"by": "band", "n": 2},
    "poolings": ["mean"],
    "folds": 3,
    "inner_folds": 2,
    "penalties": [1, 100],
}
SONGS = {
    "kind": "free",
    "fields": {"words": "lyrics", "mood": "mood", "tempo": {"column": "bpm", "type": "number"}, "band": "artist"},
    "targets": ["mood", "tempo"],
    "splits": {"all": "songs.csv"},
}


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])


def write_own_data(root: Path) -> None:
    """Write the data, and the studies `animals` (LoRA) and `song-probe`, into a project."""
    for split, n in (("train", 40), ("validation_matched", 20)):
        rows = [
            (
                f"A cat, {split} {i}, sleeps.",
                ["A cat sleeps.", "A dog runs.", f"It is {i}."][i % 3],
                i % 3 if i % 10 else -1,
            )
            for i in range(n)
        ]
        write_csv(root / "nli" / f"{split}.csv", ("premise", "hypothesis", "label"), rows)
    moods = ["glad", "sad", "calm"]
    songs = [(f"{['sun', 'rain', 'snow'][i % 3]} {i}", moods[i % 3] if i % 9 else "", 60 + i, i % 4) for i in range(36)]
    write_csv(root / "songs.csv", ("lyrics", "mood", "bpm", "artist"), songs)
    registry = root / "experiments" / "registry" / "data"
    registry.mkdir(parents=True, exist_ok=True)
    (registry / "songs.yaml").write_text(yaml.safe_dump(SONGS, sort_keys=False))
    studies = root / "experiments" / "studies"
    studies.mkdir(exist_ok=True)
    for study, system, settings in (("animals", "finetuning", LORA), ("song-probe", "probing", PROBE)):
        content = {"study": study, "title": study, "system": system, "profiles": {"cpu": settings}}
        (studies / f"{study}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
