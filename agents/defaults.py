"""What holds for language models unless told otherwise; imports nothing, for the command line's sake."""

SCHEMA_TOKENS = 4_000  # of a schema in a request
SCHEMA_VALUES = 3  # of each column in a prompt for text-to-SQL
REPLY_TOKENS = 8_192  # of the longest reply, what a model thinks included
TIMEOUT = 120.0  # seconds that a reply may take
