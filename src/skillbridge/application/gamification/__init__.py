"""Gamification: badges for what people do."""

from skillbridge.application.gamification.badges import AwardBadges, ListAwards, ListBadges

USE_CASES = (AwardBadges, ListBadges, ListAwards)
