"""The system "finetuning": a classifier before and after fine-tuning, on the same examples, with what it cost."""
