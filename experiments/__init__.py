"""Make the frozen tables: the `experiments` command and the systems behind it."""
