"""Why the local stack cannot start, in words for the person at the terminal."""


class CannotStart(Exception):
    """The message says what is in the way and the way out; no traceback helps beyond it."""
