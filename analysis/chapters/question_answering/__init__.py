"""Question answering before and after fine-tuning."""
