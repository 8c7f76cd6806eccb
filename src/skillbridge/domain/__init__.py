"""What SkillBridge means: pure, synchronous rules; standard library only."""
