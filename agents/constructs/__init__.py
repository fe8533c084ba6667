"""Dialect constructs: recognised in tutorial examples, worked into templates."""
