"""From a goal to a path of modules: what a learner asks for, and what a good answer is."""
