"""A system whose parts count: cheap, with checkpoints, and with faults that a test asks for."""
