"""The errors that are ours or the user's, never the model's.

IsoglossError
└── UsageError    bad input: one clear sentence that says what to do; the CLI exits with 2
"""


class IsoglossError(Exception):
    """Anything that stops Isogloss from going on."""


class UsageError(IsoglossError):
    """Bad input from the user, in one sentence that says what to do next."""
