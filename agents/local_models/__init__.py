"""Models whose weights run in this process, with Transformers."""
