"""The studies of this report, in the order in which it discusses them, with their names."""

from analysis.chapters.common import Classifier, Study
from analysis.facts import Chapter


def classifiers(page: Chapter) -> list[Classifier]:
    """The studies of classifiers, in the order of the source reports."""
    return [
        Classifier(page, "sst2-lora", "SST-2, LoRA", "SST-2 with LoRA"),
        Classifier(page, "sst2-head", "SST-2, head alone", "SST-2 with the head alone"),
        Classifier(page, "sst2-decoder", "SST-2, decoder", "SST-2 with a decoder and LoRA"),
        Classifier(page, "snli-qlora", "SNLI, QLoRA", "SNLI with QLoRA"),
    ]


def question_answering(page: Chapter) -> Study:
    """The study of question answering."""
    return Study(page, "squad-lora", "SQuAD", "SQuAD")


def probing(page: Chapter) -> Study:
    """The study that probes every layer."""
    return Study(page, "layer-probe-movies")


def early_exits(page: Chapter) -> Study:
    """The study of answers from early exits."""
    return Study(page, "early-exit-alpaca", "Alpaca")


def judging(page: Chapter) -> Study:
    """The study that judges the answers of `early_exits`."""
    return Study(page, "judge-by-layer")
