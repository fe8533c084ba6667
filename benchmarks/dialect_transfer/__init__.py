"""Whether training on a dialect helps there, and whether merges of several models keep it."""
