"""How far a learner has come on a roadmap."""
