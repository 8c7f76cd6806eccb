"""Who did what to whom, and how a change of that record is found."""
