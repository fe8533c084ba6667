"""LangGraph state machines, runs and traces."""
