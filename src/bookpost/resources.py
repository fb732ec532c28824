"""Where the files that ship with bookpost lie: templates, the example configuration.

In a wheel they are inside the package; in a checkout (also an editable install) at its top level.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = Path(__file__).parents[2]


def resource(name: str) -> Path:
    """The path of a shipped file or folder, for instance `templates/epub`; raises FileNotFoundError."""
    for root in (_PACKAGE, _CHECKOUT):
        if (path := root / name).exists():
            return path
    raise FileNotFoundError(f"{name} is not part of this installation of bookpost")
