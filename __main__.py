"""``python -m isogloss``."""

from .cli import main

main()
