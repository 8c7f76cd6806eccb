"""Reading pictures of strangers: in a process of its own, which can do little and for a short time."""
