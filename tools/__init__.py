"""Everything deterministic: engines, dialects, schemas, templates, comparison."""

import logging

# What sqlglot has no syntax tree for it logs as unsupported; here that is an answer, not a fault.
logging.getLogger("sqlglot").setLevel(logging.ERROR)
