"""Dialect keywords: words of SQL that tell the queries of one dialect from those of others.

SQL-GEN (arXiv 2408.12733) takes the keywords for its gates from the generated pairs by frequency. But what is frequent
in every dialect, as RANK and LEAD, tells none of them apart; so the words are ranked by how much more often a dialect's
queries hold them than the others', and how sure that is.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path

from ..tools.errors import UsageError
from ..tools.vocabulary import vocabulary

_COLUMNS = ("dialect", "keyword", "weight", "share", "elsewhere")
_SURE = 1.645  # one-sided 95 %: of two dialects of a size seven queries that hold a word are it, of six dialects two
_LONGEST = 1_000  # characters of a keyword


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word of SQL, in the ``share`` (0 to 1) of its dialect's queries and in that of the others' ``elsewhere``.

    ``weight`` is the z-score of the difference.
    """

    dialect: str
    keyword: str
    weight: float
    share: float
    elsewhere: float


def mined_keywords(
    queries: Mapping[str, Sequence[str]], top: int, tell: Callable[[int, int], None] = lambda done, of: None
) -> dict[str, list[Keyword]]:
    """Return each dialect's keywords, at most ``top``, the surest first, from verified queries by dialect.

    What the queries of all dialects hold, all dialects have: it is no keyword of any. Nor is what may well be chance.
    ``tell`` hears how many queries are read, and of how many. Raises ``UsageError`` unless there are queries of two
    dialects.
    """
    numbers = {dialect: len(those) for dialect, those in queries.items() if those}
    if len(numbers) < 2:
        raise UsageError(f"There are queries of {' and '.join(numbers) or 'no dialect'} alone: add runs of another.")
    holding = _holding(queries, tell)
    shared = set.intersection(*(set(holding[dialect]) for dialect in numbers))
    return {dialect: _ranked(dialect, holding, numbers, shared)[:top] for dialect in numbers}


def log_odds_z(held: int, of: int, held_elsewhere: int, of_elsewhere: int, prior: float) -> float:
    """Return the z-score of the difference of log-odds, with ``prior`` queries that hold the word as all together do.

    Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis 16 (2008), https://doi.org/10.1093/pan/mpn018: the
    log-odds ratio with an informative Dirichlet prior, here of the share of queries, where theirs is of all words. So
    the variance has the queries without the word as well.
    """
    common = (held + held_elsewhere + 1) / (of + of_elsewhere + 2)  # never 0 nor 1
    counts = [
        (holding + prior * common, total - holding + prior * (1 - common))
        for holding, total in ((held, of), (held_elsewhere, of_elsewhere))
    ]
    (here, here_not), (there, there_not) = counts
    return (log(here / here_not) - log(there / there_not)) / sqrt(sum(1 / count for pair in counts for count in pair))


def write_keywords(path: Path, keywords: Mapping[str, Sequence[Keyword]]) -> None:
    """Write a line for each keyword, with tabs between the columns, whole or not at all.

    Raises ``UsageError`` if it cannot be written.
    """
    lines = ["\t".join(_COLUMNS)]
    for each in (keyword for those in keywords.values() for keyword in those):
        lines.append(f"{each.dialect}\t{each.keyword}\t{each.weight:.2f}\t{each.share:.4f}\t{each.elsewhere:.4f}")
    fresh = path.with_name(f".{path.name}.unfinished")
    try:
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.replace(fresh, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. Choose another --out.") from error


def read_keywords(path: Path) -> dict[str, list[str]]:
    """Return the keywords of each dialect in the order of the file, which may be edited by hand.

    It needs the columns ``dialect`` and ``keyword`` alone; blank lines and those that begin with ``#`` are left out.
    Raises ``UsageError``, with the line, for a file that is none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({error}): write it with isogloss keywords.") from error
    kept = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    rows = [line.split("\t") for _, line in kept]
    if not rows or not {"dialect", "keyword"} <= set(rows[0]):
        raise UsageError(f"{path} has no columns dialect and keyword: write it with isogloss keywords.")
    found: dict[str, list[str]] = {}
    for (number, _), row in zip(kept[1:], rows[1:], strict=True):
        named = dict(zip(rows[0], row, strict=False))
        dialect, keyword = (named.get(name, "").strip() for name in ("dialect", "keyword"))
        if len(keyword) > _LONGEST:
            raise UsageError(f"{path}, line {number} is {len(keyword):,} characters long and no keyword: shorten it.")
        if not (dialect and keyword):
            raise UsageError(f"{path}, line {number} has no keyword: write the dialect, a tab and the keyword.")
        found.setdefault(dialect, []).append(keyword)
    if not found:
        raise UsageError(f"{path} has no keywords: write it with isogloss keywords.")
    return {dialect: list(dict.fromkeys(those)) for dialect, those in found.items()}


def _holding(queries: Mapping[str, Sequence[str]], tell: Callable[[int, int], None]) -> dict[str, Counter[str]]:
    """Return for each dialect how many of its queries hold each word."""
    holding: dict[str, Counter[str]] = {}
    done, of = 0, sum(map(len, queries.values()))
    for dialect, those in queries.items():
        counts = holding.setdefault(dialect, Counter())
        for sql in those:
            counts.update(vocabulary(sql, dialect))
            done += 1
            tell(done, of)
    return holding


def _ranked(
    dialect: str, holding: Mapping[str, Counter[str]], numbers: Mapping[str, int], shared: set[str]
) -> list[Keyword]:
    """Return the keywords of a dialect, the surest first; the prior weighs as much as the queries of one dialect."""
    total, number = sum(numbers.values()), numbers[dialect]
    prior, found = total / len(numbers), list[Keyword]()
    for word, held in holding[dialect].items():
        elsewhere = sum(holding[other][word] for other in numbers if other != dialect)
        z = log_odds_z(held, number, elsewhere, total - number, prior)
        if word not in shared and z >= _SURE and not _is_part(word, held, holding[dialect]):
            found.append(Keyword(dialect, word, round(z, 2), held / number, elsewhere / (total - number)))
    return sorted(found, key=lambda each: (-each.weight, each.keyword))


def _is_part(word: str, held: int, counts: Counter[str]) -> bool:
    """Tell a word that never stands without others of one construct, as WITHIN without GROUP."""
    return any(count == held and word in other.split() for other, count in counts.items() if other != word)
