"""Translating questions and their queries from one dialect to another, verified by the rows of the original."""
