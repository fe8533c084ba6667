"""The trace of a run: written by its nodes, read and stepped through by people."""
