"""Importing pages: what is not content goes, what is code stays whole, headings and keywords say what is taught."""

from pathlib import Path

import pytest
from isogloss.knowledge.chunking import snippets_of
from isogloss.knowledge.corpus import add_corpus
from isogloss.knowledge.importers import read_page
from isogloss.knowledge.snippet import Snippet
from isogloss.knowledge.teaching import taught_keywords
from isogloss.tools.errors import UsageError

POSTGRES = """<html><head><title>9.4. String Functions</title></head><body><div class="navheader">Prev</div>
<h2 class="title">9.4. String Functions</h2><p>See <a href="x.html">there</a>.</p>
<table><tr><td class="func_table_entry"><p class="func_signature"><code class="function">btrim</code> (
<em class="parameter"><code>string</code></em> ) → <code class="returnvalue">text</code></p><p>Removes characters.</p>
<p><code class="literal">btrim('xyxtrimyyx', 'xyz')</code> → <code class="returnvalue">trim</code></p></td></tr></table>
<div class="note"><h3 class="title">Note</h3><p>After the table.</p></div></body></html>"""
SQLITE = """<html><head><title>UPSERT</title></head><body><div class=nosearch><ul><li>Home</li></ul></div>
<div class=fancy>
<h1><span>1. </span>Examples</h1><blockquote><pre>
INSERT INTO t VALUES(1);
SELECT max(a) FROM t;
</pre></blockquote><dl><dt>soundex(X)<dd>The soundex encoding.</dl></div></body></html>"""
DUCKDB = """---
layout: docu
title: Blob Functions
---
<!-- a comment -->
See [`blob`]({% link docs/blob.md %}).

## Examples
#### `octet_length(blob)`
<div class="nostroke_table"></div>

| **Example**    | `octet_length('a'::BLOB)` |
"""
MARIADB = """# JSON\\_LOOSE
## Syntax
```sql
JSON_LOOSE(doc [, ...])
SELECT [ALL | DISTINCT] JSON_LOOSE(x) ...;
```
{% hint style="info" %}
Adds spaces.
{% endhint %}

<sub>_This page is licensed: CC BY-SA_</sub>

{% content-ref url="a.md" %}
[a.md](a.md)
{% endcontent-ref %}
"""
RST = """Title
=====

.. _label:

Use it with :ref:`words <target>` and ``code``::

    SELECT quote(name) FROM t;

Part
----

.. code-block:: sql
   :caption: x

   SELECT 2;

.. note:: Mind this.
"""
SCRIPT = """REM Ranks
drop table t;
insert into t values (1);
insert into t values (2);
-- The best of each.
select name, rank() over (order by a)
from t;
"""


def imported(tmp_path: Path, name: str, text: str, dialect: str) -> dict[str, Snippet]:
    page = tmp_path / name
    page.write_text(text, encoding="utf-8")
    return {s.title: s for s in snippets_of(read_page(page, page.stem, dialect), dialect, "a.md")}


def test_a_table_of_functions_becomes_sections_with_queries(tmp_path: Path) -> None:
    found = imported(tmp_path, "functions.html", POSTGRES, "postgres")
    assert found["btrim"].examples == ("SELECT btrim('xyxtrimyyx', 'xyz')",)
    assert found["btrim"].keywords[0] == "BTRIM"
    assert "After the table." in found["String Functions"].text  # of the section again
    assert "After" not in found["btrim"].text
    assert "Prev" not in str(found)


def test_a_site_of_sqlite_loses_its_menu_and_keeps_its_code(tmp_path: Path) -> None:
    found = imported(tmp_path, "upsert.html", SQLITE, "sqlite")
    assert found["UPSERT: Examples"].examples == ("SELECT max(a) FROM t",)
    assert found["soundex(X)"].keywords == ("SOUNDEX",)
    assert "Home" not in str(found)


def test_front_matter_tags_and_links_go(tmp_path: Path) -> None:
    found = imported(tmp_path, "blob.md", DUCKDB, "duckdb")
    assert found["Blob Functions"].text.startswith("See `blob`.")
    assert found["octet_length(blob)"].examples == ("SELECT octet_length('a'::BLOB)",)
    assert not any(junk in str(found) for junk in ("layout", "comment", "{%", "<div", "]("))


def test_a_pattern_of_a_statement_is_no_example(tmp_path: Path) -> None:
    found = imported(tmp_path, "json_loose.md", MARIADB, "mysql")
    assert [(title, s.examples) for title, s in found.items()] == [("JSON_LOOSE: Syntax", ())]
    text = found["JSON_LOOSE: Syntax"].text
    assert "Adds spaces." in text
    assert not any(junk in text for junk in ("licensed", "{%", "a.md"))


def test_code_in_a_table_stays_whole(tmp_path: Path) -> None:
    table = "<table>\n<tr><td>\n\n```sql\nSELECT a\nFROM t;\n```\n\n</td><td>Less &amp; more</td></tr>\n</table>"
    (found,) = imported(tmp_path, "a.md", f"## A\n{table}\n", "bigquery").values()
    assert found.examples == ("SELECT a\nFROM t",)
    assert "Less & more" in found.text


def test_restructured_text_keeps_headings_and_code(tmp_path: Path) -> None:
    found = imported(tmp_path, "page.rst", RST, "sqlite")
    assert {title: s.examples for title, s in found.items()} == {
        "Title": ("SELECT quote(name) FROM t",),
        "Part": ("SELECT 2",),
    }
    assert "`words` and `code`" in found["Title"].text
    assert "Note: Mind this." in found["Part"].text
    assert "label" not in found["Title"].text


def test_a_script_becomes_text_and_statements(tmp_path: Path) -> None:
    found = imported(tmp_path, "top-ranks.sql", SCRIPT, "oracle")["top ranks"]
    assert found.examples == ("select name, rank() over (order by a)\nfrom t",)
    assert "The best of each.\n" in found.text
    assert found.text.count("insert") == 1


def test_keywords_are_of_the_dialect_and_what_the_title_names_comes_first() -> None:
    text = "```sql\nWITH best(a) AS (SELECT 1) SELECT a::TEXT FROM best QUALIFY rank() OVER (ORDER BY a) = 1;\n```"
    assert taught_keywords("Use QUALIFY", text, "duckdb") == ("QUALIFY", "::")
    assert taught_keywords("ST_Within(a, b)", "Tells `BEST` whether `foo(a)`.", "postgres") == ("ST_WITHIN",)


def test_a_long_listing_is_cut_at_a_statement(tmp_path: Path) -> None:
    rows = "\n".join(f"INSERT INTO t VALUES ({n});" for n in range(1000))
    (found,) = imported(tmp_path, "rows.md", f"## Rows\n```sql\n{rows}\n```", "sqlite").values()
    assert found.text.endswith(");\n…\n```\n\nKeywords: ROWS")
    assert len(found.text) < 2500


def test_progress_counts_every_page_and_what_is_broken_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.md").write_bytes(b"\xff")
    told: list[tuple[int, int]] = []
    with pytest.raises(UsageError, match=r"a\.md: 'utf-8' codec"):
        add_corpus("sqlite", "mine", [pages], lambda done, of: told.append((done, of)))
    (pages / "b.md").write_text("## B\n```sql\nSELECT 1;\n```", encoding="utf-8")
    report = add_corpus("sqlite", "mine", [pages], lambda done, of: told.append((done, of)))
    assert told == [(1, 1), (1, 2), (2, 2)]
    assert (report.pages, report.with_examples, len(report.skipped)) == (1, 1, 1)
