"""Corpora: ours, added ones, the one in use, and the index that belongs to exactly one of them."""

import fcntl
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from isogloss.knowledge.corpus import add_corpus, list_corpora, load_corpus, use_corpus
from isogloss.knowledge.index import open_index
from isogloss.tools.errors import UsageError

PAGE = """# Mine

## Grow zebras with ZEBRA
Zebras.

```sql
SELECT zebra(name) FROM products
```

Keywords: ZEBRA
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def titles(query: str, name: str | None = None) -> list[str]:
    index = open_index(load_corpus("sqlite", name))
    return [hit.snippet.title for hit in index.search(query, 3)]


def add(tmp_path: Path, text: str = PAGE, name: str = "mine") -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    add_corpus("sqlite", name, [page], lambda *_: None)


def test_a_swapped_corpus_never_mixes(tmp_path: Path) -> None:
    assert "Grow zebras with ZEBRA" not in titles("zebra")
    add(tmp_path)
    use_corpus("sqlite", "mine")
    assert load_corpus("sqlite").name == "mine"
    assert titles("group by month with strftime") == ["Grow zebras with ZEBRA"]
    use_corpus("sqlite", "builtin")
    assert "Grow zebras with ZEBRA" not in titles("zebra")
    assert [(c.dialect, c.name) for c in list_corpora("sqlite")] == [("sqlite", "builtin"), ("sqlite", "mine")]


def test_a_changed_corpus_has_another_hash_and_index(tmp_path: Path) -> None:
    add(tmp_path)
    before = load_corpus("sqlite", "mine")
    add(tmp_path, PAGE.replace("zebras", "lions"))
    after = load_corpus("sqlite", "mine")
    assert before.hash != after.hash
    assert titles("zebra", "mine") == ["Grow lions with ZEBRA"]


def test_a_lost_or_broken_index_is_rebuilt(home: Path) -> None:
    found = titles("group by month")
    for file in (home / "index" / "chroma").rglob("*"):
        if file.is_file():
            file.write_bytes(b"broken")
    assert titles("group by month") == found
    shutil.rmtree(home / "index")
    assert titles("group by month") == found


SEARCH = """
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.index import open_index
print("\\n".join(hit.snippet.title for hit in open_index(load_corpus("sqlite")).search("group by month", 3)))
"""


def test_a_second_process_does_not_wait_while_one_opens_the_index(home: Path) -> None:
    ours = titles("group by month")
    with (home / "index" / "owner.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = subprocess.run([sys.executable, "-c", SEARCH], capture_output=True, text=True, timeout=60, check=True)
    assert other.stdout.splitlines() == ours


@pytest.mark.parametrize("name", ["../x", "a/b", "", "A B", "builtin", ".hidden", "mine\n"])
def test_names_that_could_escape_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        add(tmp_path, name=name)


def test_pages_of_one_name_are_all_kept(tmp_path: Path) -> None:
    for folder, suffix in (("a", "md"), ("b", "md"), ("a", "txt")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"index.{suffix}").write_text(f"## {folder} {suffix}\ntext\n", encoding="utf-8")
    report = add_corpus("sqlite", "mine", [tmp_path / "a", tmp_path / "b"], lambda *_: None)
    found = {snippet.title for snippet in load_corpus("sqlite", "mine").snippets}
    assert (report.pages, found) == (3, {"a md", "b md", "a txt"})


def test_a_damaged_choice_is_said(home: Path) -> None:
    home.mkdir()
    (home / "corpora.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="corpus use"):
        load_corpus("sqlite")


def test_a_query_without_words_finds_no_nonsense() -> None:
    index = open_index(load_corpus("sqlite"))
    assert all(0 <= hit.score <= 1 for query in ("", "  ", "\N{SNOWMAN}") for hit in index.search(query, 3))


def test_threads_find_the_same() -> None:
    index = open_index(load_corpus("sqlite"))
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda _: [hit.snippet.id for hit in index.search("group by month")], range(80))
        assert len({tuple(ids) for ids in found}) == 1


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    for call in (
        lambda: load_corpus("klingon"),
        lambda: load_corpus("sqlite", "absent"),
        lambda: add_corpus("sqlite", "mine", [tmp_path / "absent"], lambda *_: None),
        lambda: add_corpus("sqlite", "mine", [tmp_path], lambda *_: None),
    ):
        with pytest.raises(UsageError) as caught:
            call()
        assert "\n" not in str(caught.value)


def test_pages_of_every_format_are_read_and_broken_ones_skipped(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.html").write_text(
        "<html><nav>skip me</nav><body><h2>Months</h2><pre>SELECT date('now')</pre><script>x</script></body></html>"
    )
    (pages / "b.rst").write_text("Title\n=====\n\nUse it::\n\n    SELECT quote(name) FROM t\n\nDone.\n")
    (pages / "c.txt").write_text("plain text about julianday(d)")
    (pages / "d.html").write_text("<html><script>only()</script></html>")
    (pages / "e.md").write_bytes(b"\xff\xfe broken")
    report = add_corpus("sqlite", "pages", [pages], lambda *_: None)
    corpus = load_corpus("sqlite", "pages")
    assert (report.pages, {Path(p).name for p, _ in report.skipped}) == (3, {"d.html", "e.md"})
    assert "skip me" not in " ".join(s.text for s in corpus.snippets)
    assert {"SELECT date('now')", "SELECT quote(name) FROM t"} <= {e for s in corpus.snippets for e in s.examples}
