"""Single examples before and after fine-tuning."""
