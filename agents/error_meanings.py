"""What each class of an engine's errors means, and what usually mends it, in words for a model."""

from ..tools.outcome import ErrorClass

MEANINGS: dict[str, str] = {
    ErrorClass.SYNTAX: "The query does not follow the dialect's grammar near the words named: look up the construct.",
    ErrorClass.UNKNOWN_TABLE: "No such table: use a table of the schema, spelled and quoted as there.",
    ErrorClass.UNKNOWN_COLUMN: "No such column in the tables in reach: take one of the schema, under the right alias.",
    ErrorClass.UNKNOWN_FUNCTION: "The dialect has no such function for these arguments: look up its own.",
    ErrorClass.AMBIGUOUS: "Several tables have a column of this name: put the table's alias before it.",
    ErrorClass.GROUPING: "A column beside an aggregate must be grouped by or aggregated itself.",
    ErrorClass.TYPE_MISMATCH: "An operator or function does not take these types: cast, or compare like with like.",
    ErrorClass.INVALID_VALUE: "A value cannot be read as the type asked for: mend the value or its format.",
    ErrorClass.DIVISION_BY_ZERO: "A divisor is zero in some row: divide by NULLIF(divisor, 0).",
    ErrorClass.CARDINALITY: "A subquery gave several rows where one is needed: aggregate, limit, or use IN.",
    ErrorClass.PERMISSION: "Not allowed: only reading the tables of the schema is.",
    ErrorClass.RESOURCES: "The query takes more than its share of memory or disk: make it smaller.",
    ErrorClass.ENGINE_LOST: "The engine ended while it ran the query: write a simpler one.",
    ErrorClass.OTHER: "The engine's message says it all.",
}
