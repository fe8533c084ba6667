"""How many tokens a text has, where no tokenizer is asked."""

_BYTES_PER_TOKEN = 3  # of English and SQL


def text_tokens(text: str) -> int:
    """Return about how many tokens ``text`` has, counted from its bytes."""
    return len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN
