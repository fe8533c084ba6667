"""How many of Spider's queries arrive in other dialects: `python benchmarks/translation.py SPIDER [DIALECT…]`.

SPIDER is Spider's folder. The queries of `dev.json`, and 2,000 of `train_spider.json` that no rule was written by, are
translated by sqlglot and our rules alone (the `grammar` model has no rule for rows that differ), each run on the
dialect's engine beside the gold's rows. Prints Markdown: what each writer's queries came to, what is left by cause, and
seconds per 1,000 queries, databases loaded. Runs are kept under `runs/translation/`; the same command goes on there.
"""

import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from isogloss.graphs.progress import Goal
from isogloss.graphs.translation.config import TranslationConfig, questions_to_translate
from isogloss.graphs.translation.report import WRITERS, TranslationReport, translation_report
from isogloss.graphs.translation.run import translate_questions
from isogloss.graphs.watching import watched
from isogloss.tools.dialects import DIALECTS

_READ, _HELD_OUT = 2000, 2000  # the rules were written while looking at the first of these train queries only
_COLUMNS = (
    "questions",
    "dialect",
    "engine",
    "in all",
    "proving nothing",
    "unsupported",
    "sqlglot",
    "+ rules",
    "+ exact rules",
    "left, by cause",
    "s per 1,000",
)
_RUNS = Path("runs/translation")


def held_out(spider: Path) -> list[dict[str, str]]:
    """Return 2,000 train questions, none of them among the 2,000 at which the authors of the rules looked."""
    file = next(spider / name for name in ("train_spider.json", "train_spider_min.json") if (spider / name).exists())
    questions = json.loads(file.read_text(encoding="utf-8"))
    order = list(range(len(questions)))
    random.Random(7).shuffle(order)
    return [questions[place] for place in sorted(order[_READ : _READ + _HELD_OUT])]


def measured(questions: Path, databases: Path, name: str, dialect: str) -> tuple[TranslationReport, float, str]:
    """Translate a question file and return its report, the seconds it took and the engine."""
    config = TranslationConfig(questions, dialect, databases, out=_RUNS / f"{name}-{dialect}", evaluation=True)
    chosen = questions_to_translate(config)
    with watched(f"{name} to {dialect}", Goal(len(chosen.questions), of_items=True)) as watcher:
        summary = translate_questions(config, chosen, watcher)
    return translation_report(summary.directory), summary.seconds, summary.engine


def row(name: str, found: TranslationReport, seconds: float, engine: str) -> str:
    """Return a line of the table."""
    so_far, shares = 0, []
    matched = {writer.writer: writer.matched for writer in found.writers}
    for writer in WRITERS[:3]:
        so_far += matched.get(writer, 0)
        shares.append(f"{so_far / found.provable:.1%}")
    left = Counter(found.unmatched)
    no_proof = sum(left.pop(reason, 0) for reason in ("vacuous", "gold hangs on chance", "gold does not run"))
    unsupported = left.pop("unsupported", 0)
    rest = ", ".join(f"{reason} {count}" for reason, count in left.most_common()) or "nothing"
    cells = [name, found.dialect, engine, str(found.questions), str(no_proof), str(unsupported), *shares, rest]
    return f"| {' | '.join([*cells, f'{1000 * seconds / found.questions:.0f}'])} |"


def main() -> None:
    spider, dialects = Path(sys.argv[1]), sys.argv[2:] or [d for d in DIALECTS if d != "sqlite"]
    with tempfile.TemporaryDirectory() as folder:
        unseen = Path(folder) / "train.json"
        unseen.write_text(json.dumps(held_out(spider)), encoding="utf-8")
        print(f"| {' | '.join(_COLUMNS)} |\n| --- | --- | --- |{' ---: |' * 6} --- | ---: |")
        for dialect in dialects:
            for name, file in (("dev", spider / "dev.json"), ("train, held out", unseen)):
                print(row(name, *measured(file, spider / "database", name.split(",")[0], dialect)), flush=True)


if __name__ == "__main__":
    main()
