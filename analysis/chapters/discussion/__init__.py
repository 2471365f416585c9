"""What all studies say together."""
