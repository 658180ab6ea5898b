"""What all tiers share: our integration is found, and the core stands alone.

Home Assistant's test plugin has a `custom_components` package of its own, and the
first one imported wins. So ours is imported here, before any test asks for it.
"""

from pathlib import Path
import sys
from types import ModuleType

import pytest

import custom_components


def pytest_configure(config: pytest.Config) -> None:
    """Let tests without Home Assistant's plugin import `core` without Home Assistant.

    Importing a package imports its parents first, and the integration's own
    `__init__` needs Home Assistant, which takes a second that the core tier saves.
    """
    if not config.pluginmanager.hasplugin("homeassistant"):
        name = "solar_compute"
        bare = ModuleType(f"{custom_components.__name__}.{name}")
        bare.__path__ = [str(Path(custom_components.__path__[0]) / name)]
        sys.modules[bare.__name__] = bare
        setattr(custom_components, name, bare)
