"""Runs with pairs that are made up, without an engine."""

import json
from pathlib import Path
from typing import Any


def pair(number: int, **changed: Any) -> dict[str, Any]:
    """Return a pair as a build keeps it."""
    made = {
        "id": f"sqlite-shop-0-{number}",
        "question": f"What is {number}?",
        "sql": f"SELECT {number}",
        "paraphrases": [],
        "rows": 1,
        "tables": ["t"],
        "keywords": ["IIF"],
        "features": ["join"] if number % 2 else [],
        "skeleton": "SELECT ?",
        "template": f"SELECT :value_{number % 7}",
        "attempts": 1,
        "repaired": number % 3 == 0,
        "dialect": "sqlite",
        "database": "shop",
        "engine": "SQLite 3.40.1",
        "stand_in": False,
        "evaluation_database": False,
        "paraphraser": None,
        "seed": 0,
        "prompts": {"fill": "8df5", "repair": "ca59"},
    }
    return made | changed


def run_of(folder: Path, pairs: list[dict[str, Any]], rest: str = "") -> Path:
    """Write a run with these pairs, and what a process has written of a next one; return its directory."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps({"config": {"dialect": "sqlite"}}))
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in pairs)
    (folder / "pairs.jsonl").write_text(lines + rest, encoding="utf-8")
    return folder
