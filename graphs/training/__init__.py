"""The training graph: from pairs to models of each dialect, and to one of all dialects."""
