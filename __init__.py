"""Isogloss: execution-verified text-to-SQL data for any SQL dialect."""

__version__ = "0.1.0"
