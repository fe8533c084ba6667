"""A run of translations: every question of a set, database by database, committed in order."""

from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ... import __version__
from ...agents.models_providers import shown_address
from ...agents.prompting import prompt_hash, read_prompts_anew
from ...knowledge.corpus import Corpus, load_corpus
from ...knowledge.index import open_index
from ...tools.dialects import get_dialect
from ...tools.question_sets import QuestionSet
from ..cleaning import secrets_in
from ..crew import models_here, open_crew
from ..question_run import commit_questions
from ..questions import digest
from ..run_directory import RunDirectory
from ..run_models import open_budget
from ..run_summary import run_to_its_end
from ..spending import spending, spent_so_far
from ..work import Observer
from .config import TranslationConfig, TranslationSummary
from .work import TranslationWork


def translate_questions(config: TranslationConfig, questions: QuestionSet, observer: Observer) -> TranslationSummary:
    """Translate all questions; the same configuration on the same directory goes on where it stopped.

    Raises ``UsageError`` for bad input, before anything is written, and ``RunStopped`` when no model ever answered.
    """
    get_dialect(config.dialect)
    read_prompts_anew()
    with ExitStack() as stack:
        models = models_here(config.cluster, {config.generator}, config.models)
        observer.on_stage("index corpus")
        corpus = load_corpus(config.dialect, config.corpus)
        secrets = secrets_in(config.models.base_url, *{question.source for question in questions.questions})
        path = config.out or Path("runs") / f"{questions.name}-{config.dialect}-{config.seed}"
        identity = _identity(config, questions, corpus)
        run = stack.enter_context(closing(RunDirectory.open(path, identity, secrets, len(questions.questions))))
        run.note(problems=[asdict(problem) for problem in questions.problems])
        budget = open_budget(config.models, spent_so_far(run))
        stack.callback(lambda: run.note(spent=asdict(budget.spent)))
        work = TranslationWork(config, questions.questions, _lineage(config, corpus), index=open_index(corpus))
        opening = open_crew(work, run, config.cluster, models, budget, observer, secrets)
        crew = stack.enter_context(opening)
        todo = commit_questions(len(questions.questions), crew, run, observer)
        stop, seconds = run_to_its_end(run, models.values(), todo)
        seconds += run.noted("seconds", 0.0)
        run.note(seconds=seconds)
        if stop is None:
            run.finish({"seconds": seconds})
        return TranslationSummary(
            directory=path,
            totals=run.totals,
            seconds=seconds,
            engine=run.noted("engine", ""),
            spending=spending(path),
            problems=questions.problems,
            stop=stop,
        )


def _identity(config: TranslationConfig, questions: QuestionSet, corpus: Corpus) -> dict[str, Any]:
    """Return what determines the data."""
    return {
        "kind": "translation",
        "dialect": config.dialect,
        "questions": digest(questions),
        "generator": config.generator,
        "corpus": corpus.hash,
        "max_repairs": config.max_repairs,
        "evaluation": config.evaluation,
        "schema_tokens": config.models.schema_tokens,
        "reply_tokens": config.models.reply_tokens,
        "prompt": prompt_hash("translate"),
    }


def _lineage(config: TranslationConfig, corpus: Corpus) -> dict[str, Any]:
    """Return where every pair of the run comes from."""
    return {
        "dialect": config.dialect,
        "evaluation_database": config.evaluation,
        "generator": config.generator,
        "base_url": shown_address(config.models.base_url),
        "corpus": corpus.name,
        "corpus_hash": corpus.hash,
        "isogloss": __version__,
        "prompt": prompt_hash("translate"),
    }
