"""Memory that does not suffice, as the libraries tell of it."""

_WORDS = ("out of memory", "can't allocate memory", "not enough memory")  # torch on a GPU, on Linux, elsewhere


def is_lack_of_memory(error: Exception) -> bool:
    """Tell whether an error says so; torch has a class of its own only for a GPU's memory."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in str(error) for words in _WORDS)
    )
