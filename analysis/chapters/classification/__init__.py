"""Classifiers before and after fine-tuning."""
