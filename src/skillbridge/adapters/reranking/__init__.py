"""The learning hook: a model that may reorder suggestions, kept within bounds."""
