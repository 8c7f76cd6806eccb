"""A language model as author of roadmaps, behind any server that speaks OpenAI's contract."""
