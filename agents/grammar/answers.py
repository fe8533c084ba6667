"""What the rules answer to the agents' requests: the calls of a turn, from the request's text and nothing else."""

import hashlib
import json
import random
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any

from sqlglot import exp

from ...tools.parsing import parse
from ...tools.render import render
from ..prompting import read_sections
from ..schema_text import read_schema
from ..verbalise.queries import question
from ..verbalise.scope import Unsayable
from .critic import judge
from .expand import expand
from .fill import CannotFill, Filling, begin, finish, read_samples
from .repair import CannotRepair, Failure, repair, wanted_values

_SNIPPET = "### "
Calls = list[tuple[str, dict[str, Any]]]
Samples = dict[tuple[str, str], list[Any]]


def answers(tools: Collection[str]) -> bool:
    """Say whether there are rules for a request with these tools: the reply among them names it."""
    return any(name in tools for name in _ANSWERS)


def answer(tools: Collection[str], request: str, replies: list[tuple[dict[str, Any], str]]) -> Calls:
    """Return the tool calls that answer a ``request``: the same request, the same calls.

    ``replies`` are those that its ``sample_values`` calls had so far, each with the call's arguments.
    """
    rng = random.Random(hashlib.sha256(request.encode()).digest())
    rules = next(each for name, each in _ANSWERS.items() if name in tools)
    try:
        return rules(read_sections(request), read_samples(replies) if replies else None, rng)
    except (CannotFill, CannotRepair, Unsayable) as reason:
        return [("GiveUp", {"reason": f"{_WHY[type(reason)]}: {reason}"})]


_WHY: dict[type[Exception], str] = {
    CannotFill: "does not fit the database",
    CannotRepair: "no cure known",
    Unsayable: "no faithful words",
}


def _snippets(text: str) -> dict[str, str]:
    """Return the snippets of a request by id, in order."""
    found = {}
    for part in ("\n" + text).split("\n" + _SNIPPET)[1:]:
        name, _, body = part.partition("\n")
        found[name.strip()] = body
    return found


def _template(sections: dict[str, str], samples: Samples | None, rng: random.Random) -> Calls:
    kinds = set(sections["kinds"].split(", "))
    done = expand(sections["template"], _snippets(sections["snippets"]), sections["dialect"], kinds, rng)
    return [
        (
            "ProposeTemplate",
            {"template": done.template, "keywords": list(done.keywords), "snippet": done.snippet},
        )
    ]


def _candidate(sections: dict[str, str], samples: Samples | None, rng: random.Random) -> Calls:
    filling = _begun(sections["template"], sections["dialect"], sections["schema"], rng.getstate()).again(rng)
    if samples is None and filling.wanted:
        return [("sample_values", {"table": t, "column": c, "seed": rng.randrange(1000)}) for t, c in filling.wanted]
    tree = finish(filling, samples or {})
    return [("ProposeCandidate", _said(tree, sections, rng))]


@lru_cache(maxsize=256)
def _begun(template: str, dialect: str, schema: str, state: tuple[Any, ...]) -> Filling:
    """Return a filling begun with ``rng`` in a state: it is wanted before its values are asked for, and after."""
    rng = random.Random()
    rng.setstate(state)
    return begin(template, dialect, read_schema(schema), rng)


def _said(tree: exp.Expr, sections: dict[str, str], rng: random.Random) -> dict[str, Any]:
    """Return the query as text, and what the text asks, in up to three phrasings."""
    dialect, schema = sections["dialect"], read_schema(sections["schema"])
    sql = render(tree, dialect, copy=False)
    read = parse(sql, dialect)
    seeds = [rng.randrange(2**32) for _ in range(4)]
    phrasings = list(dict.fromkeys(question(read.copy(), schema, dialect, random.Random(s)) for s in seeds))
    return {"sql": sql, "question": phrasings[0], "paraphrases": phrasings[1:3]}


def _verdict(sections: dict[str, str], samples: Samples | None, rng: random.Random) -> Calls:
    rows = json.loads(sections["rows"])
    agree, reason, problem = judge(
        sections["question"], sections["sql"], rows, sections["dialect"], read_schema(sections["schema"])
    )
    return [("GiveVerdict", {"agree": agree, "reason": reason, "problem": problem})]


def _failure(sections: dict[str, str]) -> Failure:
    return Failure(
        sections["sql"],
        sections["dialect"],
        read_schema(sections["schema"]),
        sections["outcome"],
        sections.get("error_class", ""),
        sections.get("error", ""),
        _snippets(sections.get("snippets", "")),
    )


def _repaired(sections: dict[str, str], samples: Samples | None, rng: random.Random) -> Calls:
    failure = _failure(sections)
    wanted = wanted_values(failure)
    if samples is None and wanted:
        return [("sample_values", {"table": t, "column": c, "seed": rng.randrange(1000)}) for t, c in wanted]
    tree, change = repair(failure, samples or {}, rng)
    return [("ProposeRepair", {**_said(tree, sections, rng), "change": change})]


def _translated(sections: dict[str, str], samples: Samples | None, rng: random.Random) -> Calls:
    if sections["outcome"] != "error":
        raise CannotRepair("no rule for rows that differ")
    tree, change = repair(_failure(sections), samples or {}, rng)
    return [("ProposeTranslation", {"sql": render(tree, sections["dialect"]), "change": change})]


_ANSWERS: dict[str, Callable[[dict[str, str], Samples | None, random.Random], Calls]] = {
    "ProposeTemplate": _template,
    "ProposeCandidate": _candidate,
    "GiveVerdict": _verdict,
    "ProposeRepair": _repaired,
    "ProposeTranslation": _translated,
}
