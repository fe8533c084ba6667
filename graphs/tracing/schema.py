"""The tables and views of ``trace.sqlite``; ``docs/trace.md`` tells what to ask of them."""

from .views import VIEWS

FORMAT = 3
SCHEMA = f"""
BEGIN;
CREATE TABLE items (
  item INTEGER PRIMARY KEY,
  status TEXT NOT NULL,          -- kept | rejected
  reason TEXT,                   -- why it was rejected
  repaired INTEGER NOT NULL,     -- 1 if a later attempt mended an earlier one
  attempts INTEGER NOT NULL,     -- executions of candidate SQL
  question TEXT,                 -- of the pair, or of the last attempt
  sql TEXT,
  seconds REAL NOT NULL,         -- at work, waiting between steps left out
  pairs_end INTEGER NOT NULL,    -- size in bytes of pairs.jsonl once the item's line is in it
  attempts_end INTEGER NOT NULL, -- likewise of attempts.jsonl
  parent TEXT,                   -- the item this was forked from: its number, or f and the number of a fork
  forked_at INTEGER,             -- the step of the parent at which it was
  change TEXT,                   -- JSON object: what was changed there
  beginning TEXT,                -- JSON object: the state in which it began; NULL if it cannot be replayed
  -- from here on: told by its steps, kept here so that long lists are quick
  started REAL,                  -- seconds since 1970, UTC
  steps INTEGER NOT NULL,
  outcome TEXT,                  -- of its last execution
  error_class TEXT,              -- the last one it met
  model TEXT,                    -- the last one that replied
  tokens_in INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL,
  cost REAL                      -- US dollars; NULL if a price is unknown
);
CREATE TABLE steps (
  item INTEGER NOT NULL REFERENCES items,
  step INTEGER NOT NULL,         -- from 0
  node TEXT NOT NULL,
  seconds REAL NOT NULL,
  delta TEXT NOT NULL,           -- JSON object: what the node changed in the state
  prompt TEXT,                   -- the last message sent to the model
  snippets TEXT NOT NULL,        -- JSON array: retrieved tutorial snippets with scores
  reply TEXT,                    -- the model's raw reply
  tool_calls TEXT NOT NULL,      -- JSON array
  sql TEXT,                      -- the SQL executed
  outcome TEXT,
  error_class TEXT,
  error TEXT,                    -- the engine's own words
  rows TEXT,                     -- JSON array: the first rows of the result
  tokens_in INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL,
  cost REAL,                     -- US dollars; NULL if the model's price is unknown
  started REAL,                  -- seconds since 1970, UTC
  model TEXT,                    -- who replied
  PRIMARY KEY (item, step)
);
CREATE TABLE calls (              -- what a step asked of others, in order, to replay it
  item INTEGER NOT NULL,         -- -1, -2 …: what was asked before items 0, 1 …, of all from there on
  step INTEGER NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,            -- model | engine | tutorials
  request TEXT NOT NULL,         -- digest of what was asked
  answer TEXT,                   -- digest in answers; NULL if it was not kept
  PRIMARY KEY (item, step, number)
) WITHOUT ROWID;
CREATE TABLE answers (            -- each different answer once
  digest TEXT PRIMARY KEY,
  answer BLOB NOT NULL           -- JSON, compressed with zlib
) WITHOUT ROWID;
CREATE INDEX items_by_status ON items (status, reason);
CREATE VIEW item_summary AS
SELECT item, status, reason, outcome, error_class, repaired, attempts, steps, model, tokens_in + tokens_out AS tokens,
  tokens_in, tokens_out, cost, seconds, started, parent, forked_at, question, sql
FROM items;
{VIEWS}
PRAGMA user_version = {FORMAT};
COMMIT;
"""
