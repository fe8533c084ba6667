"""The dialects: one descriptor file each."""
