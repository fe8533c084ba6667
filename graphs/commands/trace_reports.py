"""``isogloss trace stats`` and ``export``: what a run's trace comes to, and the trace for other programs."""

from .options import Json, Run, show


def stats(run: Run = None, json: Json = False) -> None:
    """Tell what a run comes to: where items were lost, time and cost by node, errors, the snippets that helped."""
    from ..run_catalog import find_run
    from ..tracing.reading import told_of_reading
    from ..tracing.statistics import read_statistics
    from ..tracing.statistics_view import show_statistics

    found = find_run(run)
    with told_of_reading(found) as reading:
        statistics = read_statistics(found, reading)
    show(json, statistics, lambda console: show_statistics(console, statistics))
