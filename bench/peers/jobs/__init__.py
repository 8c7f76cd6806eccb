"""Workers: each runs the same two jobs, of which one does nothing and one tells a mentor."""
