"""What a run of a study imports, done once for all commands that the tests fork."""

import experiments.cli
import experiments.exits.system
import experiments.finetuning.system
import experiments.probing.system  # noqa: F401
