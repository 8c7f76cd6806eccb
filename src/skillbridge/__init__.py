"""SkillBridge: roadmaps, mentors and proof of progress for digital learners in Africa."""
