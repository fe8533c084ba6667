"""Chunking: no text is lost and no fence is split."""

from hypothesis import given
from hypothesis import strategies as st
from isogloss.knowledge.chunking import sections, snippets_of, split

WORDS = st.text("abc xyz\n#`", min_size=1, max_size=2000).filter(str.strip)
CODE = st.text("abc -(\n", max_size=2000)
FENCES = st.builds(
    lambda marks, code: f"{marks}sql\n{code}\n\nSELECT 1\n{marks}", st.sampled_from(["```", "````", "~~~"]), CODE
)


@given(st.lists(st.one_of(WORDS, FENCES), min_size=1, max_size=12))
def test_nothing_is_lost_and_fences_stay_whole(blocks: list[str]) -> None:
    body = "\n\n".join(blocks)
    parts = split(body)
    assert "".join("".join(parts).split()) == "".join(body.split())
    assert all(any(fence in part for part in parts) for fence in blocks if "SELECT 1" in fence)


def test_a_section_becomes_a_snippet_with_its_keywords_and_examples() -> None:
    text = "# Title\n\n## Do it\nProse.\n\n```sql\n-- why\nSELECT a;\n```\n\nKeywords: do it, select\n"
    (snippet,) = snippets_of(text, "sqlite", "a/b.md")
    assert (snippet.title, snippet.keywords, snippet.examples) == ("Do it", ("DO IT", "SELECT"), ("-- why\nSELECT a",))
    assert snippet.id.startswith("a/b.md#do-it-")


def test_only_sql_is_an_example() -> None:
    text = (
        "## A\n```python\nfrom x import y\n```\n~~~sql\nSELECT 1;\n~~~\n```\nFROM t\n```\n```inline``` text\n\n## B\nx"
    )
    assert [(s.title, s.examples) for s in snippets_of(text, "duckdb", "a.md")] == [
        ("A", ("SELECT 1", "FROM t")),
        ("B", ()),
    ]


def test_what_a_longer_fence_holds_is_code() -> None:
    assert [title for title, _ in sections("## A\n````md\n```\n## B\n```\n````\n## C\nx")] == ["A", "C"]


def test_a_long_paragraph_is_split_between_words() -> None:
    parts = split("word " * 2000)
    assert max(map(len, parts)) <= 1200
    assert {word for part in parts for word in part.split()} == {"word"}


def test_a_heading_inside_a_fence_is_code() -> None:
    assert [title for title, _ in sections("## One\n```\n# no heading\n```\n## Two\nx")] == ["One", "Two"]


def test_keywords_are_derived_where_none_are_listed() -> None:
    (snippet,) = snippets_of("## Months\n```sql\nSELECT date_trunc('month', d) FROM t QUALIFY x\n```", "duckdb", "a.md")
    assert snippet.keywords == ("DATE_TRUNC", "QUALIFY")
