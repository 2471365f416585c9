"""What goes on between the embedding and the head of a model, layer by layer.

`states.pooled_states` keeps one vector per text and layer, `lens.lens` reads the next token off every layer, and
`cut.cut` is the model that ends at a layer, which both are tested against.

Layers are counted as in transformers' `hidden_states`: 0 is what enters the first block, k the output of block k.
"""
