"""The parts of a study's data are apart."""

import pytest

from experiments.data.overlap import overlap
from experiments.data.parts import TEST, TRAIN, VALIDATION
from experiments.finetuning.parts import read_parts
from experiments.finetuning.study import Settings
from experiments.tables.errors import UserError

STRATIFIED = {"rule": "stratified", "train": "train", "share": 0.5, "test": "dev"}
SAMPLED = {
    "rule": "sampled",
    "how": "first",
    "train": {"split": "train", "n": 10},
    "validation": {"split": "dev", "n": 4},
    "test": {"split": "dev", "n": 4},
}
TEXTS = [f"sentence number {n}" for n in range(20)]


@pytest.fixture
def parts(tmp_path, monkeypatch):
    """`parts(split, dev)`: SST-2 with twenty training sentences and those of `dev`."""
    monkeypatch.setenv("COLOPHON_DATA_DIR", str(tmp_path))
    (tmp_path / "sst2").mkdir()

    def read(split: dict, dev: list[str]):
        for name, texts in (("train", TEXTS), ("dev", dev)):
            rows = "".join(f"{text}\t{n % 2}\n" for n, text in enumerate(texts))
            (tmp_path / "sst2" / f"{name}.tsv").write_text(f"sentence\tlabel\n{rows}", "utf-8")
        training = {"method": "head", "epochs": 1, "batch_size": 4, "learning_rate": 0.1, "max_tokens": 8}
        return read_parts(
            Settings.model_validate(
                {
                    "model": {"name": "smoke-encoder"},
                    "data": {"name": "sst2"},
                    "split": split,
                    "training": training,
                    "seeds": [0],
                }
            )
        )

    return read


def test_a_text_of_the_test_set_is_trained_and_validated_on_by_nobody(parts):
    """The whole training split is in the test set, but for two sentences; case and punctuation hide it."""
    found = parts(STRATIFIED, [f"{text.upper()}!" for text in TEXTS[:16]])
    assert len(found.examples[TEST]) == 16
    assert len(found.examples[TRAIN]) + len(found.examples[VALIDATION]) == 4
    assert found.left_out[TRAIN] + found.left_out[VALIDATION] == 16
    for earlier, later in ((TRAIN, VALIDATION), (TRAIN, TEST), (VALIDATION, TEST)):
        assert overlap(found.examples[earlier], found.examples[later]) == []


def test_nothing_left_is_one_line(parts):
    with pytest.raises(UserError, match="sst2: no examples are left for validation"):
        parts({**SAMPLED, "train": {"split": "train", "n": 10}, "test": {"split": "train", "n": 6}}, TEXTS[:4])
