"""Saying what a query asks: from its syntax tree to a question, faithful by construction."""
