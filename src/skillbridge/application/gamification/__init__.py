"""Gamification: badges for what people do."""

from skillbridge.application.gamification.badges import AwardBadges, ListBadges, ListTrophies

USE_CASES = (AwardBadges, ListBadges, ListTrophies)
