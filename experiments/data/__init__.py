"""Data sets by our own names: typed examples, split rules and the digests of both."""
