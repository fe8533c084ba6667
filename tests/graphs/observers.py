"""Observers of runs, for tests."""

from isogloss.graphs.run_directory import ItemResult, Totals


class Nobody:
    """An observer that looks away."""

    def on_stage(self, name: str) -> None: ...
    def on_item(self, result: ItemResult, totals: Totals) -> None: ...
    def on_sql(self, sql: str) -> None: ...
