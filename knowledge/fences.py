"""Fenced code in Markdown."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"\s*(?P<marks>`{3,}(?=[^`]*$)|~{3,})\s*(?P<language>.*?)\s*")


def fenced_lines(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield each line with the language of the fence that it belongs to, None outside of fences.

    The rules are CommonMark's (https://spec.commonmark.org/0.31.2/#fenced-code-blocks), at any indentation: only
    as many of the same marks close a fence, and one that is never closed ends with the text.
    """
    marks = language = None
    for line in text.splitlines():
        fence = _FENCE.fullmatch(line)
        if marks is None and fence is not None:
            marks, language = fence["marks"], fence["language"]
            yield line, language
        elif marks is not None and fence is not None and fence["marks"].startswith(marks) and not fence["language"]:
            yield line, language
            marks = language = None
        else:
            yield line, language
