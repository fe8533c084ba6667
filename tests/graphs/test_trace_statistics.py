"""Statistics of a run: what they count, that they agree with plain SQL, and how they look."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from isogloss.graphs.cleaning import Cleaner
from isogloss.graphs.tracing.snippet_statistics import best_and_worst
from isogloss.graphs.tracing.statistics import RunStatistics, read_statistics
from isogloss.graphs.tracing.trace import Step, Trace
from isogloss.tools.errors import UsageError

from ..command_line import isogloss

GOOD, BAD, UNUSED = "good.md#a", "bad.md#b", "unused.md#c"
FOUND = [{"id": name, "title": name[:4], "source": name.split("#")[0], "score": 0.5} for name in (GOOD, BAD, UNUSED)]


def executed(outcome: str, error_class: str | None = None) -> Step:
    return Step("execute", 0.1, {}, sql="SELECT 1", outcome=outcome, error_class=error_class)


def beginning(snippet: str, seconds: float = 0.01) -> list[Step]:
    return [
        Step("retrieve", 0.0, {}, snippets=FOUND),
        Step("expand", seconds, {"taught_by": snippet}, reply="{}", tokens_in=100, tokens_out=10, cost=0.001),
        Step("fill", 0.02, {"sql": "SELECT 1"}, reply="{}", tokens_in=50, tokens_out=5, cost=0.002),
    ]


AGREED = Step("critic", 0.03, {"agree": True}, reply="{}")
ACCEPTED = Step("accept", 0.0, {"status": "kept"})
REJECTED = Step("reject", 0.0, {})
MENDED = [
    executed("error", "syntax"),
    Step("repair", 0.04, {"sql": "SELECT 1"}, snippets=FOUND[:1], reply="{}"),
    executed("runs"),
]
KEPT = [executed("runs"), AGREED, ACCEPTED]


def make_run(folder: Path, items: list[tuple[str, bool, list[Step]]], dialect: str = "sqlite") -> Path:
    """Write a run of items, each its reason (empty: kept), whether it was repaired, and its steps."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps({"config": {"dialect": dialect}}))
    with closing(Trace.create(folder / "trace.sqlite")) as trace:
        for number, (reason, repaired, steps) in enumerate(items):
            row: dict[str, Any] = {
                "item": number, "status": "rejected" if reason else "kept", "reason": reason or None,
                "repaired": int(repaired), "attempts": sum(step.outcome is not None for step in steps),
                "question": f"Question {number}?", "sql": "SELECT 1", "seconds": sum(step.seconds for step in steps),
                "pairs_end": 0, "attempts_end": 0,
            }  # fmt: skip
            trace.append(row, steps, Cleaner())
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    lost = ("no faithful words", False, [*beginning(BAD), REJECTED])
    items = [
        *[("", False, [*beginning(GOOD), *KEPT]) for _ in range(10)],
        ("", True, [*beginning(GOOD), *MENDED, AGREED, ACCEPTED]),
        *[lost for _ in range(8)],
        ("error: syntax", True, [*beginning(BAD, 5.0), *MENDED[:2], executed("error", "syntax"), REJECTED]),
    ]
    return make_run(tmp_path / "run", items)


@pytest.fixture
def statistics(run: Path) -> RunStatistics:
    return read_statistics(run)


def test_the_stages_say_where_items_were_lost(statistics: RunStatistics) -> None:
    found = [(s.name, s.items, s.lost, s.reason) for s in statistics.stages]
    assert found == [
        ("retrieve", 20, 0, None),
        ("expand", 20, 0, None),
        ("fill", 20, 8, "no faithful words"),
        ("execute", 12, 1, "error: syntax"),
        ("runs", 11, 0, None),
        ("repair", 2, 0, None),
        ("critic", 11, 0, None),
        ("agrees", 11, 0, None),
        ("accept", 11, 0, None),
        ("kept", 11, 0, None),
    ]
    assert [s.name for s in statistics.stages if s.detour] == ["repair"]
    assert sum(s.lost for s in statistics.stages) == statistics.items - statistics.kept == 9


def test_the_stages_are_those_of_any_graph(tmp_path: Path) -> None:
    steps = [Step("gold", 0.1, {}), Step("generate", 1.0, {}, reply="SELECT 1")]
    graded = [Step("grade", 0.1, {}, sql="SELECT 1", outcome=o) for o in ("mismatch", "match", "match")]
    run = make_run(tmp_path, [("", False, [*steps, *graded]), ("bad gold", False, steps[:1])])
    found = [(s.name, s.items, s.lost, s.inner) for s in read_statistics(run).stages]
    assert found == [
        ("gold", 2, 1, False), ("generate", 1, 0, False), ("grade", 1, 0, False), ("matches", 1, 0, True),
        ("kept", 1, 0, False),
    ]  # fmt: skip


def test_a_duplicate_is_lost_after_it_was_accepted(tmp_path: Path) -> None:
    run = make_run(tmp_path, [("duplicate query", False, [*beginning(GOOD), *KEPT])])
    stages = {s.name: s for s in read_statistics(run).stages}
    assert (stages["accept"].lost, stages["accept"].reason, stages["kept"].items) == (1, "duplicate query", 0)


def test_nodes_have_their_totals_and_percentiles(statistics: RunStatistics) -> None:
    expand = next(node for node in statistics.nodes if node.node == "expand")
    assert statistics.nodes[0] == expand, "the one that took the most time comes first"
    assert (expand.steps, expand.items, expand.replies) == (20, 20, 20)
    assert (expand.tokens_in, expand.tokens_out) == (2000, 200)
    assert expand.cost == pytest.approx(0.02)
    assert expand.seconds == pytest.approx(5.0 + 19 * 0.01)
    assert (expand.median, expand.p95) == (0.01, 0.01), "nearest rank: the 19th of 20"


@pytest.mark.parametrize("count", [1, 2, 19, 20, 21, 100])
def test_percentiles_are_by_nearest_rank(tmp_path: Path, count: int) -> None:
    run = make_run(tmp_path, [("", False, [Step("fill", float(n), {}) for n in range(count, 0, -1)])])
    (node,) = read_statistics(run).nodes
    assert (node.median, node.p95) == (-(-count // 2), -(-95 * count // 100))


def test_one_unknown_price_makes_the_cost_unknown(tmp_path: Path) -> None:
    steps = [Step("fill", 0.1, {}, reply="", tokens_in=1, cost=cost) for cost in (0.5, None)]
    assert read_statistics(make_run(tmp_path, [("", False, steps)])).nodes[0].cost is None


def test_errors_are_counted_by_attempt_and_mended_ones_told(statistics: RunStatistics) -> None:
    (syntax,) = statistics.errors
    assert (syntax.error, syntax.by_attempt, syntax.count, syntax.mended) == ("error: syntax", {1: 2, 2: 1}, 3, 1)


def test_an_answer_beside_a_wrong_one_mends_nothing(tmp_path: Path) -> None:
    graded = [Step("grade", 0.1, {}, sql="SELECT 1", outcome=outcome) for outcome in ("mismatch", "match")]
    (error,) = read_statistics(make_run(tmp_path, [("", False, graded)])).errors
    assert (error.error, error.count, error.mended) == ("mismatch", 1, 0)


def test_the_slowest_and_the_dearest_come_first(statistics: RunStatistics) -> None:
    assert statistics.slowest[0]["item"] == 19
    assert len(statistics.slowest) == len(statistics.dearest) == 5
    assert statistics.dearest[0]["cost"] == pytest.approx(0.003)


def test_snippets_are_judged_by_what_they_taught(statistics: RunStatistics) -> None:
    good, *_, unused = statistics.snippets
    assert (good.snippet, good.retrieved, good.taught, good.kept, good.rejected) == (GOOD, 20, 11, 11, 0)
    assert (good.title, good.source) == ("good", "good.md")
    assert (unused.taught, unused.share.value) == (0, None)
    best, worst = best_and_worst(statistics.snippets, 5)
    assert ([s.snippet for s in best], [s.snippet for s in worst]) == ([GOOD], [BAD])
    assert worst[0].share.part == 0
    assert worst[0].share.high < 0.4


def test_few_uses_tell_nothing(tmp_path: Path) -> None:
    items = [("", False, [*beginning(GOOD), *KEPT])] * 4 + [("no", False, [*beginning(BAD), REJECTED])] * 4
    assert best_and_worst(read_statistics(make_run(tmp_path, items)).snippets, 5) == ([], [])


def test_where_no_snippet_teaches_those_found_for_repairs_are_judged(tmp_path: Path) -> None:
    repaired = Step("repair", 0.1, {"sql": "SELECT 1"}, snippets=FOUND[:1])
    items = [("", True, [executed("error"), repaired, executed("match")])] * 3 + [("no", False, [repaired])]
    (found,) = read_statistics(make_run(tmp_path, items)).snippets
    assert (found.taught, found.share.part, found.share.whole) == (0, 3, 4)


def test_the_command_prints_each_part_within_80_columns(run: Path) -> None:
    done = isogloss("trace", "stats", str(run), cwd=run, COLUMNS="80")
    assert done.returncode == 0, done.stderr
    for part in ("stages", "nodes", "what went wrong", "slowest items", "dearest items", "best snippets", "worst"):
        assert part in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "$0.0200" in done.stdout


def test_the_command_gives_json(run: Path) -> None:
    told = json.loads(isogloss("trace", "stats", str(run), "--json", cwd=run).stdout)
    assert told["items"] == 20
    assert told["snippets"][0]["share"]["part"] == 11
    assert told["errors"][0]["by_attempt"] == {"1": 2, "2": 1}


def test_a_run_without_items_says_so(tmp_path: Path) -> None:
    done = isogloss("trace", "stats", str(make_run(tmp_path / "run", [])), cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "The run has no item yet.")


def test_a_run_without_a_trace_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no trace"):
        read_statistics(tmp_path)


def test_the_views_answer_in_plain_sql(run: Path, statistics: RunStatistics) -> None:
    with closing(sqlite3.connect(run / "trace.sqlite")) as plain:
        counts = dict(plain.execute("SELECT node, steps FROM node_totals").fetchall())
        assert counts == {node.node: node.steps for node in statistics.nodes}
        assert plain.execute("SELECT attempt, count, mended FROM attempt_errors ORDER BY 1").fetchall() == [
            (1, 2, 1), (2, 1, 0),
        ]  # fmt: skip
        assert plain.execute("SELECT count(*) FROM snippet_uses").fetchone() == (62,)
        assert plain.execute("SELECT kept, rejected FROM snippet_totals WHERE snippet = ?", [BAD]).fetchone() == (0, 9)
        assert plain.execute("SELECT node FROM item_ends WHERE item = 11").fetchone() == ("fill",)
