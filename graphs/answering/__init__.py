"""A model answers questions: its replies, the queries in them, and what these come to beside gold."""
