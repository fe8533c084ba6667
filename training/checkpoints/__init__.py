"""Saved models: read, compared, and written whole or not at all."""
