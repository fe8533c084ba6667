"""Chunking: no text is lost and no fence is split."""

from hypothesis import given
from hypothesis import strategies as st
from isogloss.knowledge.chunking import sections, snippets_of, split

WORDS = st.text("abc xyz", min_size=1, max_size=300).filter(str.strip)
FENCES = WORDS.map(lambda code: f"```sql\n{code}\n\nSELECT 1\n```")


@given(st.lists(st.one_of(WORDS, FENCES), min_size=1, max_size=12))
def test_nothing_is_lost_and_fences_stay_whole(blocks: list[str]) -> None:
    body = "\n\n".join(blocks)
    parts = split(body)
    assert "".join("".join(parts).split()) == "".join(body.split())
    assert all(part.count("```") % 2 == 0 for part in parts)


def test_a_section_becomes_a_snippet_with_its_keywords_and_examples() -> None:
    text = "# Title\n\n## Do it\nProse.\n\n```sql\n-- why\nSELECT a;\n```\n\nKeywords: do it, select\n"
    (snippet,) = snippets_of(text, "sqlite", "a/b.md")
    assert (snippet.title, snippet.keywords, snippet.examples) == ("Do it", ("DO IT", "SELECT"), ("-- why\nSELECT a",))
    assert snippet.id.startswith("a/b.md#do-it-")


def test_a_heading_inside_a_fence_is_code() -> None:
    assert [title for title, _ in sections("## One\n```\n# no heading\n```\n## Two\nx")] == ["One", "Two"]


def test_keywords_are_derived_where_none_are_listed() -> None:
    (snippet,) = snippets_of("## Months\n```sql\nSELECT date_trunc('month', d) FROM t QUALIFY x\n```", "duckdb", "a.md")
    assert snippet.keywords == ("DATE_TRUNC", "QUALIFY")
