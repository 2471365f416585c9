"""One fine-tuning loop for four methods: head, LoRA, QLoRA and full, over Trainer and PEFT.

`settings` says what to do, `prepare.prepare` makes a loaded model trainable, `loop.train` trains it so that a run which
was stopped at any moment ends as if it had not been, `saved` keeps what was trained, `predict` asks the model. The
loop knows nothing of the task: rows are token ids with whatever targets the model takes.
"""
