"""Keep what libraries say of themselves out of our output; what matters is in errors and tables.

All filters of logs and warnings are here, since this module makes no table stale (`experiments.freezing.dependencies`).
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

TALKATIVE = ("transformers", "peft", "accelerate", "bitsandbytes", "torch.utils.data")
CLIENTS = ("httpx2", "httpcore2")


@contextmanager
def quiet() -> Iterator[None]:
    """Inside, libraries log errors only, warn of nothing, and show no progress of their own."""
    from transformers.utils import logging as transformers_logging

    bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    try:
        with _logged_from(logging.ERROR, TALKATIVE), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if bars:
            transformers_logging.enable_progress_bar()


@contextmanager
def no_warnings() -> Iterator[None]:
    """Suppress logs and warnings inside: they are about running the model, which is only built and counted."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


@contextmanager
def no_requests_logged() -> Iterator[None]:
    """Inside, HTTP clients log warnings only: for debugging they log headers, in which a server may send a key back."""
    with _logged_from(logging.WARNING, CLIENTS):
        yield


@contextmanager
def _logged_from(level: int, names: tuple[str, ...]) -> Iterator[None]:
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)


def quiet_datasets() -> None:
    """Have the package `datasets` log no more than failures from now on."""
    import datasets

    datasets.logging.set_verbosity(datasets.logging.CRITICAL)
