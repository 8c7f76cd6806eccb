"""The same two endpoints as others would write them, on the same rows."""
