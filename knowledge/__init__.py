"""Tutorial corpora per dialect, the vector index over them, and retrieval."""
