"""Zero-shot against fine-tuned classifiers."""
