"""Which mentors suit a learner, by rules that the matcher computes too."""
