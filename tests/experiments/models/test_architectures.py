"""Every family in every system: states, exits, likelihoods and classes are those of transformers' own model."""

import pytest
import torch
from transformers import AutoModel, AutoModelForCausalLM

from experiments.choices import ModelChoice
from experiments.exits.generate import generate
from experiments.layers.lens import lens
from experiments.layers.parts import parts_of
from experiments.layers.states import Prompt, check_blocks, pooled_states
from experiments.models.batching import pad_batch
from experiments.models.load import load_for
from experiments.scoring.likelihood import score_labels
from experiments.scoring.results import Example
from experiments.tables.errors import UserError
from experiments.training.counting import count_parameters

from .architectures import DECODERS, ENCODERS, write_checkpoint

TEXTS = ("A film to see twice.", "No", "It was long, and I slept")
LABELS = (" good", " bad")
WITHOUT_EXITS, WITHOUT_STATES, WITHOUT_BATCHES = ("bloom", "openai-gpt"), ("squeezebert",), ("fnet",)
NEW = 4


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """`checkpoint("gpt2")`: its folder and its entry, as a study that names the folder has it."""
    root, made = tmp_path_factory.mktemp("architectures"), {}

    def make(name):
        if name not in made:
            folder = write_checkpoint(root, name)
            made[name] = folder, ModelChoice(folder=str(folder)).entry
        return made[name]

    return make


def hidden_states(model, ids):
    """Those of transformers, one text alone: (depth + 1, tokens, hidden)."""
    with torch.no_grad():
        return [states[0] for states in model(torch.tensor([ids]), output_hidden_states=True).hidden_states]


def close(found, expected):
    torch.testing.assert_close(torch.as_tensor(found), expected, atol=2e-4, rtol=1e-4)


@pytest.mark.parametrize("name", sorted({*DECODERS, *ENCODERS} - {*WITHOUT_STATES, *WITHOUT_BATCHES}))
def test_states_are_those_of_transformers_on_either_side_of_the_padding(name, checkpoint):
    folder, entry = checkpoint(name)
    loaded, own = load_for("encoder", entry), AutoModel.from_pretrained(folder).eval()
    check_blocks(loaded.model)
    rows = [tuple(loaded.tokenizer(text)["input_ids"]) for text in TEXTS]
    expected = [hidden_states(own, ids) for ids in rows]
    for side in ("left", "right") if name in DECODERS else ("right",):
        for pad in (loaded.tokenizer.pad_token_id, 3) if name in DECODERS else (loaded.tokenizer.pad_token_id,):
            found = pooled_states(loaded.model, [Prompt(ids) for ids in rows], "last", pad_id=pad, side=side)
            for row, states in enumerate(expected):
                for layer in range(3):  # transformers gives the last one normed, and we do not
                    close(found[layer, row], states[layer][-1])


def exits_of_transformers(model, ids):
    """Greedy continuations from each block, by norm, projection and head of the model written out."""
    parts, found = parts_of(model), {}
    for depth in (1, 2, 3):
        row = list(ids)
        for _ in range(NEW):
            states = hidden_states(model.base_model, row)
            last = states[depth][-1:]
            for module in parts.after if depth < 3 else ():  # the last one is through them already
                last = module(last)
            logits = parts.head(last) if depth < 3 else model(torch.tensor([row])).logits[0, -1:]
            row.append(int(logits[..., : model.config.vocab_size].argmax()))
        found[depth] = tuple(row[len(ids) :])
    return found


@pytest.mark.parametrize("name", [name for name in DECODERS if name not in WITHOUT_EXITS])
def test_exits_are_norm_and_head_after_each_block(name, checkpoint):
    folder, entry = checkpoint(name)
    loaded, own = load_for("causal", entry), AutoModelForCausalLM.from_pretrained(folder).eval()
    rows = [loaded.tokenizer(text)["input_ids"] for text in TEXTS]
    answers = generate(
        loaded.model,
        rows,
        [1, 2, 3],
        pad_id=loaded.tokenizer.pad_token_id,
        stops=frozenset(),
        max_new_tokens=NEW,
    )
    with torch.no_grad():
        for row, ids in enumerate(rows):
            expected = exits_of_transformers(own, ids)
            assert {depth: said[row].ids for depth, said in answers.items()} == expected
            whole = own(torch.tensor([ids])).logits[0].log_softmax(-1)
            close(lens(loaded.model, ids, range(len(ids)))[-1][:, : whole.shape[-1]], whole)


@pytest.mark.parametrize("name", DECODERS)
def test_likelihoods_are_those_of_the_model_before_it_was_given_a_pad_token(name, checkpoint):
    folder, entry = checkpoint(name)
    loaded, own = load_for("causal", entry), AutoModelForCausalLM.from_pretrained(folder).eval()
    scored = score_labels(loaded.model, loaded.tokenizer, [Example(text, LABELS) for text in TEXTS])
    for text, example in zip(TEXTS, scored.examples, strict=True):
        for label in example.labels:
            before, after = (loaded.tokenizer(part)["input_ids"] for part in (text, label.label))
            with torch.no_grad():
                logprobs = own(torch.tensor([[*before, *after]])).logits[0, len(before) - 1 : -1].log_softmax(-1)
            assert label.total == pytest.approx(float(logprobs.gather(1, torch.tensor([after]).T).sum()), abs=2e-3)


@pytest.mark.parametrize("name", sorted({*DECODERS, *ENCODERS} - {*WITHOUT_BATCHES}))
def test_classes_do_not_hang_on_the_padding(name, checkpoint):
    """Only the head is new, and the last real token is found on either side."""
    loaded = load_for("classification", checkpoint(name)[1], labels=("a", "b"))
    assert loaded.report.untrained_head
    rows = [loaded.tokenizer(text)["input_ids"] for text in TEXTS]
    with torch.no_grad():
        alone = torch.cat([loaded.model(input_ids=torch.tensor([row])).logits for row in rows])
        for side in ("left", "right") if name in DECODERS else ("right",):
            padded = pad_batch(rows, loaded.tokenizer.pad_token_id, side, positions=side == "left" and name != "bloom")
            close(loaded.model(**padded).logits, alone)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bloom", r"BloomForCausalLM does not compute each row by itself"),
        ("openai-gpt", r"OpenAIGPTModel keeps no keys"),
    ],
)
def test_a_model_that_has_no_early_exits_is_one_line(name, said, checkpoint):
    """Bloom's blocks are given distances of all rows at once; the first GPT keeps nothing of what it has read."""
    loaded = load_for("causal", checkpoint(name)[1])
    with pytest.raises(UserError, match=rf"^{said}[^\n]*$"):
        generate(loaded.model, [[5, 6, 7]], [1, 3], pad_id=257, stops=frozenset(), max_new_tokens=2)


def test_a_model_whose_blocks_give_something_else_is_one_line(checkpoint):
    loaded = load_for("encoder", checkpoint("squeezebert")[1])
    with pytest.raises(UserError, match=r"^SqueezeBertModel has no blocks one after the other[^\n]*$"):
        check_blocks(loaded.model)


def test_a_model_that_mixes_padding_into_texts_is_one_line(checkpoint):
    with pytest.raises(UserError, match=r"^fnet: padding changes what FNetModel makes of a text[^\n]*$"):
        load_for("encoder", checkpoint("fnet")[1])


def test_a_row_for_padding_counts_as_added(checkpoint):
    folder, entry = checkpoint("gpt2")
    loaded, own = load_for("causal", entry), AutoModelForCausalLM.from_pretrained(folder)
    counts = count_parameters(loaded.model)
    assert counts.logical_base == sum(parameter.numel() for parameter in own.parameters())
    assert counts.added == loaded.model.config.n_embd
    assert loaded.report.pad == "added row: <pad> (id 257)"


def test_tokens_beyond_the_positions_of_padding_are_not_promised(checkpoint):
    """RoBERTa keeps the positions up to its pad id for padding: two of 64."""
    from experiments.scoring.encoding import context_length

    loaded = load_for("encoder", checkpoint("roberta")[1])
    longest = context_length(loaded.model.config)
    assert longest == 62
    pooled_states(loaded.model, [Prompt((5,) * longest)], "mean", pad_id=loaded.tokenizer.pad_token_id)
    with pytest.raises(UserError, match="the model's context only 62"):
        pooled_states(loaded.model, [Prompt((5,) * (longest + 1))], "mean", pad_id=loaded.tokenizer.pad_token_id)
