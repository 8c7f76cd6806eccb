"""The rules' numbers and tables, written a second time and taken from no code.

What a test expects comes from here, or stands in the test: a number that is imported from the code
under test agrees with whatever that code says.
"""

from datetime import timedelta

Moves = dict[str, tuple[set[str], str]]

MATCH: Moves = {
    "accept": ({"requested"}, "active"),
    "decline": ({"requested"}, "declined"),
    "withdraw": ({"requested"}, "withdrawn"),
    "expire": ({"requested"}, "expired"),
    "complete": ({"active"}, "completed"),
    "cancel": ({"active"}, "cancelled"),
}
COHORT: Moves = {
    "start": ({"queued"}, "running"),
    "propose": ({"running"}, "proposed"),
    "confirm": ({"proposed"}, "confirmed"),
    "finish": ({"confirmed"}, "applied"),
    "fail": ({"queued", "running"}, "failed"),
    "discard": ({"queued", "running", "proposed"}, "discarded"),
    "expire": ({"queued", "running", "proposed"}, "expired"),
}
PLACEMENT: Moves = {
    "apply": ({"proposed"}, "applied"),
    "skip": ({"proposed"}, "skipped"),
}
ROADMAP: Moves = {
    "adopt": ({"drafting"}, "ready"),
    "fail": ({"drafting"}, "failed"),
}

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

NUMBERS: dict[str, dict[str, int | float | timedelta | range]] = {
    "domain.accounts.email_address": {"LONGEST": 254, "LONGEST_LOCAL": 64, "TYPED": 1_000},
    "domain.accounts.password": {"SHORTEST": 12, "LONGEST": 128, "LEAST_SCORE": 3},
    "domain.profiles.profile": {
        "MOST_LANGUAGES": 10,
        "MOST_SKILLS": 50,
        "MOST_WINDOWS": 42,
        "MINUTES_A_DAY": 1_440,
        "LEVELS": range(1, 6),
        "WEEKDAYS": range(7),
    },
    "domain.profiles.time_zones": {"LONGEST_ZONE": 40, "SHORTEST_GUESS": 5},
    "domain.accounts.registration": {"LIFE": DAY},
    "domain.accounts.second_factor": {
        "STEP": timedelta(seconds=30),
        "BESIDE": 1,
        "DIGITS": 6,
        "RECOVERY_CODES": 10,
        "CHALLENGE_LIFE": 5 * MINUTE,
    },
    "domain.authentication": {"LATELY": 10 * MINUTE},
    "domain.accounts.sign_in": {
        "GRACE": timedelta(seconds=10),
        "IDLE": 14 * DAY,
        "ABSOLUTE": 30 * DAY,
    },
    "domain.profiles.countries": {"LONGEST_COUNTRY": 60},
    "domain.gamification.badges": {"MOST_NEEDED": 5},
    "domain.host": {"LONGEST": 253},
    "domain.cohorts.assignment": {
        "MILLION": 1_000_000,
        "LONGEST_DEADLINE": 2 * MINUTE,
        "MOST_LEARNERS": 100_000,
    },
    "domain.ranking.availability": {
        "SLOTS": 672,
        "SLOT_SECONDS": 900,
        "DAY_MINUTES": 1_440,
        "WEEK_MINUTES": 10_080,
        "ALL_WEEK": (1 << 672) - 1,
    },
    "domain.ranking.candidate": {
        "TOP_LEVEL": 10,
        "FULL_EXPERIENCE": 60,
        "MOST_SKILLS": 256,
        "MOST_PLACES": 1_000,
        "MOST_REVIEWS": 1_000_000,
        "MOST_MONTHS": 1_200,
        "MOST_LANGUAGES": 64,
        "LONGEST_NAME": 64,
        "EASTMOST": 840,
        "WESTMOST": -720,
    },
    "domain.cohorts.cohort": {"CONFIRM_WITHIN": 7 * DAY},
    "domain.ranking.countries": {"WHOLE": 10_000},
    "domain.ranking.digest": {"MODULUS": 1 << 64},
    "domain.ranking.learner": {
        "AHEAD": 2,
        "LEAST_TARGET": 3,
        "TOP_TARGET": 5,
        "SLOTS_NEEDED": 8,
    },
    "domain.matching.match": {"ANSWER_WITHIN": 72 * HOUR, "OPEN_REQUESTS": 5},
    "domain.mentors.mentor": {"CAPACITY": range(1, 51), "EXPERIENCE": range(61)},
    "domain.ranking.need": {
        "MOST_WANTED": 32,
        "MOST_BLOCKED": 10_000,
        "TOP_WEIGHT": 100,
    },
    "domain.ranking.pool_version": {"CHANGE_BITS": 40},
    "domain.ranking.score": {"LEAST_OVERLAP": 4, "HOURS_LOST": 480, "MOST_RANKED": 100},
    "domain.progress.journey": {"FINISHED": 100},
    "domain.resources.catalogue": {"LONGEST_SKILL": 64},
    "domain.resources.learning_domain": {
        "MAX_SKILLS": 24,
        "MAX_HOURS": 40,
        "MAX_SKILL_TITLE": 50,
        "MIN_SKILLS_AT_A_LEVEL": 3,
    },
    "domain.resources.resource": {
        "MAX_TITLE": 120,
        "MAX_MINUTES": 20_000,
        "MAX_MEGABYTES": 50_000,
    },
    "domain.roadmaps.brief": {"MAX_HOURS_PER_WEEK": 60, "MAX_KNOWN": 100, "MAX_SKILL": 64},
    "domain.roadmaps.validator": {
        "MIN_MODULES": 3,
        "MAX_MODULES": 40,
        "MIN_MINUTES": 15,
        "MAX_WEEKS": 52,
        "MAX_MODULE_WEEKS": 4,
        "MIN_TITLE": 3,
        "MAX_TITLE": 80,
        "MIN_SUMMARY": 10,
        "MAX_SUMMARY": 400,
        "MAX_ID": 64,
        "MAX_WEIGHT": 1_000,
        "MAX_RESOURCES": 8,
    },
    "domain.pace": {"MICROSECOND": timedelta(microseconds=1), "SECOND": 1_000_000},
    "domain.roadmaps.language": {"LEAST": 2, "LEAD": 2, "LOOKED_AT": 4_000},
    "domain.roadmaps.schedule": {"DAYS": 7},
    "domain.roadmaps.syllabus": {"REACH": 1},
    "domain.roadmaps.template": {"RESOURCES_PER_MODULE": 3, "HEAVY": 100},
    "domain.text": {"SHRINKS": 4},
    "application.accounts.sealing": {"SEAL_EVERY": HOUR, "SEALED_AT_ONCE": 1_000},
    "application.accounts.step_up": {"GUESSES": 10, "WINDOW": 5 * MINUTE},
    "application.accounts.guesses": {
        "WINDOW": 5 * MINUTE,
        "HOUR": HOUR,
        "OF_ONE": 10,
        "OF_NETWORK": 200,
        "OF_ACCOUNT": 100,
        "OF_KNOWN": 2000,
        "ALONE_OF_ONE": 3,
        "ALONE_OF_NETWORK": 50,
        "ALONE_OF_ACCOUNT": 10,
        "ALONE_OF_KNOWN": 500,
        "REMEMBERED": 90 * DAY,
    },
    "application.accounts.registration": {
        "HOUR": HOUR,
        "REGISTRATIONS": 60,
        "REFUSED": 600,
        "MAILS_ASKED": 4,
        "MAILS": 8,
        "GUESSES": 10,
        "ALONE": 3,
        "TRIED": 32,
        "FORGET_EVERY": HOUR,
        "FORGOTTEN_AT_ONCE": 10_000,
    },
    "application.idempotency": {"FORGET_EVERY": HOUR, "FORGOTTEN_AT_ONCE": 50_000},
    "application.ports.idempotency": {"KEPT": DAY},
    "application.progress_channel": {"KEPT": 10 * MINUTE, "PATIENCE": 5.0},
    "application.cohorts.applying": {"APPLIED_AT_ONCE": 50},
    "application.cohorts.orders": {"EXPIRE_EVERY": HOUR, "EXPIRE_AT_ONCE": 100},
    "application.cohorts.running": {"AT_ONCE": 2_000},
    "application.ranking.impressions": {
        "KEPT": 180 * DAY,
        "FORGET_EVERY": HOUR,
        "FORGOTTEN_AT_ONCE": 50_000,
        "PAGE": 5_000,
    },
    "application.ranking.ports.impressions": {"ATTRIBUTED_WITHIN": 14 * DAY},
    "application.ranking.suggestions": {"HOUR": HOUR, "LOGGED": 60},
    "application.matching.matches": {"EXPIRE_EVERY": 5 * MINUTE, "EXPIRE_AT_ONCE": 500},
    "application.cohorts.tracker": {"DONE": 100},
    "application.cohorts.views": {"MILLISECOND": timedelta(milliseconds=1)},
    "application.ports.access_tokens": {"ACCESS_LIFE": 10 * MINUTE},
    "application.ports.processes": {
        "BEAT": timedelta(seconds=5),
        "SILENT": timedelta(seconds=20),
        "FORGOTTEN": HOUR,
    },
    "application.roadmaps.drafting": {"A_DAY": 20},
}
"""By module: limits, lives and units. What is not a limit of the rules is a batch or a beat."""
