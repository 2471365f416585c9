"""Put a trained model on the hub: what was trained, its tokenizer, and a card whose numbers are frozen ones."""
