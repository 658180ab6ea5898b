"""Benchmarks: how much of what is possible do the decisions bring in?

Replays measured or generated homes through the production decision code, and
beside it what most automations do. May import the core, PyYAML and the standard
library; nothing of Home Assistant.
"""

from pathlib import Path
import sys
from types import ModuleType

_INTEGRATION = "custom_components.solar_compute"

if _INTEGRATION not in sys.modules and "homeassistant" not in sys.modules:
    # Importing the core imports its parent first, and that needs Home Assistant,
    # which takes seconds to load. The core stands alone, so give it a bare parent.
    _bare = ModuleType(_INTEGRATION)
    _bare.__path__ = [
        str(Path(__file__).parents[1] / "custom_components" / "solar_compute")
    ]
    sys.modules[_INTEGRATION] = _bare
