"""Where real models and data lie, for tests that skip without them: asked before any test changes the environment."""

import os
from pathlib import Path

_BESIDE = Path(__file__).resolve().parents[2] / "shared"
MODELS = Path(os.environ.get("COLOPHON_MODELS_DIR") or _BESIDE / "models")
DATA = Path(os.environ.get("COLOPHON_DATA_DIR") or _BESIDE / "data")
