"""The views of ``trace.sqlite`` that answer what one asks of a whole run; ``docs/trace.md`` has examples.

They keep to what SQLite has had since 3.32 (2020), so that any ``sqlite3`` at hand opens the file.
"""

VIEWS = """
-- a row per step that executed a query of the item's: its attempts, numbered from 1
CREATE VIEW attempts AS
SELECT item, row_number() OVER (PARTITION BY item ORDER BY step) AS attempt, step, node, sql, outcome,
  outcome IN ('runs', 'match') AS succeeded, error_class, error, seconds
FROM steps WHERE outcome IS NOT NULL;

-- what went wrong in which attempt, how often, and how often the item was repaired and kept
CREATE VIEW attempt_errors AS
SELECT attempt, a.outcome, a.error_class, count(*) AS count, sum(status = 'kept' AND repaired) AS mended
FROM attempts AS a JOIN items USING (item) WHERE NOT succeeded GROUP BY attempt, a.outcome, a.error_class;

-- a row per node: its steps, the items that came to it, the replies of models, and what it all took;
-- percentiles of seconds are by nearest rank, cost is NULL if a price is unknown
CREATE VIEW node_totals AS
WITH ranked AS (
  SELECT node, seconds, count(*) OVER (PARTITION BY node) AS steps,
    row_number() OVER (PARTITION BY node ORDER BY seconds) AS rank
  FROM steps
), percentiles AS (
  SELECT node, max(iif(rank = (steps + 1) / 2, seconds, 0)) AS median,
    max(iif(rank = (95 * steps + 99) / 100, seconds, 0)) AS p95
  FROM ranked GROUP BY node
), totals AS (
  SELECT node, count(*) AS steps, count(DISTINCT item) AS items, min(step) AS first_step, count(reply) AS replies,
    sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out, sum(seconds) AS seconds,
    iif(count(cost) = count(*), sum(cost), NULL) AS cost
  FROM steps GROUP BY node
)
SELECT node, steps, items, first_step, replies, tokens_in, tokens_out, cost, seconds, median, p95
FROM totals JOIN percentiles USING (node);

-- a row per item: the last node that worked on it, where a rejected item was lost
CREATE VIEW item_ends AS
SELECT item, node, max(step) AS step FROM steps WHERE node <> 'reject' GROUP BY item;

-- a row per tutorial snippet that a step retrieved
CREATE VIEW snippet_uses AS
SELECT item, step, node, json_extract(value, '$.id') AS snippet, json_extract(value, '$.title') AS title,
  json_extract(value, '$.source') AS source, json_extract(value, '$.score') AS score
FROM steps, json_each(snippets) WHERE snippets <> '[]';

-- a row per item whose template was made after a snippet: the one that taught it
CREATE VIEW lessons AS
SELECT item, step, json_extract(delta, '$.taught_by') AS snippet
FROM steps WHERE node = 'expand' AND json_extract(delta, '$.taught_by') <> '';

-- a row per snippet: the items that retrieved it and how many of them were kept; those it taught, likewise;
-- title and source are those of its first use
CREATE VIEW snippet_totals AS
WITH found AS (
  SELECT json_extract(value, '$.id') AS snippet, json_extract(value, '$.title') AS title,
    json_extract(value, '$.source') AS source, min(item) AS first_item, count(DISTINCT item) AS retrieved,
    count(DISTINCT iif(status = 'kept', item, NULL)) AS retrieved_kept
  FROM steps JOIN items USING (item), json_each(snippets) WHERE snippets <> '[]' GROUP BY 1
), taught AS (
  SELECT snippet, count(*) AS taught, sum(status = 'kept') AS kept FROM lessons JOIN items USING (item) GROUP BY snippet
)
SELECT snippet, title, source, retrieved, retrieved_kept, ifnull(taught, 0) AS taught, ifnull(kept, 0) AS kept,
  ifnull(taught - kept, 0) AS rejected
FROM found LEFT JOIN taught USING (snippet);
"""
