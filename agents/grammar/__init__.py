"""The grammar model: a chat model that answers the agents' prompts by rules, without weights."""
