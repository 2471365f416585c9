"""Answers to questions, scored one by one: what a run keeps of each, and what every score of a table follows from."""

from collections.abc import Mapping, Sequence

from experiments.metrics.bleu import BLEU_STATISTICS
from experiments.metrics.squad import Question
from experiments.tables.columns import flag, integer, number, text

Given = Mapping[str, str]  # answers by the ids of their questions

# Whoever makes a table of these puts columns in front of them that say whose answers they are.
ANSWER_COLUMNS = (
    text("id", "identifier of the question in its data set"),
    text("paragraph", "identifier of its paragraph: a digest of title and text"),
    flag("answerable", "whether the paragraph answers it"),
    flag("answered", "whether the answer has a word: case, punctuation and articles do not count"),
    integer("exact", "1 where the answer is exactly right by the official rule of SQuAD v2.0, else 0"),
    number("f1", "its token F1 by the same rule, from 0 to 1", decimals=None),
    integer("abstaining_exact", "what answering nothing would score in both"),
    *(
        integer(name, f"for corpus BLEU: {what}; none where the question has no answer", nullable=True)
        for name, what in zip(
            BLEU_STATISTICS,
            (
                "tokens of the answer",
                "tokens of the gold answer nearest in length",
                *(f"n-grams of {order} tokens that a gold answer has too" for order in (1, 2, 3, 4)),
                *(f"all n-grams of {order} tokens" for order in (1, 2, 3, 4)),
            ),
            strict=True,
        )
    ),
    text("bleu_signature", "sacrebleu's signature of BLEU over the whole part", nullable=True),
    number("rouge_l", "ROUGE-L, from 0 to 1; none where the question has no answer", decimals=None, nullable=True),
    number(
        "meteor_exact_stem",
        "METEOR with its exact and stem stages alone, from 0 to 1; none where the question has no answer",
        decimals=None,
        nullable=True,
    ),
)


def score_answers(questions: Sequence[Question], given: Given) -> list[dict[str, object]]:
    """The cells of `ANSWER_COLUMNS` for each question, by our `evaluate` modules.

    The text of an answer overlaps with nothing where there is no answer, so BLEU, ROUGE and METEOR are left out there.
    Raises KeyError for a question without an answer in `given`; "" abstains.
    """
    from experiments.metrics.modules import load

    if not questions:
        return []
    said, golds = [given[question.id] for question in questions], [list(question.answers) for question in questions]
    official = load("squad").compute(predictions=said, references=golds)["segments"]
    overlap = _overlap([pair for pair in zip(said, golds, strict=True) if pair[1]])
    nothing = dict.fromkeys((*BLEU_STATISTICS, "bleu_signature", "rouge_l", "meteor_exact_stem"))
    return [
        {
            "id": question.id,
            "paragraph": question.paragraph,
            "answerable": bool(question.answers),
            "answered": not official["abstained"][index],
            **{name: official[name][index] for name in ("exact", "f1", "abstaining_exact")},
            **(next(overlap) if question.answers else nothing),
        }
        for index, question in enumerate(questions)
    ]


def _overlap(pairs: Sequence[tuple[str, Sequence[str]]]):
    """The cells from BLEU on, for each pair of an answer and its gold answers."""
    from experiments.metrics.modules import load

    if not pairs:
        return
    said, golds = zip(*pairs, strict=True)
    found = load("bleu", "rouge", "meteor_exact_stem").compute(predictions=list(said), references=list(golds))
    segments = found["bleu_segments"], found["rouge_segments"]["rougeL"], found["meteor_exact_stem_segments"]
    for statistics, rouge, meteor in zip(*segments, strict=True):
        yield {
            **dict(zip(BLEU_STATISTICS, statistics, strict=True)),
            "bleu_signature": found["signature"],
            "rouge_l": rouge,
            "meteor_exact_stem": meteor,
        }
