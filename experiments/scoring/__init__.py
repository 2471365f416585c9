"""Zero-shot answers of a model, without parsing free text.

`likelihood.score_labels` ranks label words under a causal model, `similarity.score_descriptions` compares sentence
embeddings with label descriptions, `decision.decide` turns either into predictions. `generation.answer` generates
and parses, for comparison.
"""
