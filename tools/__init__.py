"""Everything deterministic: engines, dialects, schemas, templates, comparison."""
