"""Time zones by the names of the IANA database, and the one that may be meant by another name."""

import re
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

LONGEST_ZONE = 40
"""No name of a zone has more signs."""
SHORTEST_GUESS = 5
"""Shorter words are near to too many others: `EAT` is no place in Brazil."""
_INHABITED = re.compile(r"(?!Factory|localtime|posix|right|SystemV|Etc/(?!UTC$))")
"""Not what a machine says that was never told where it stands, nor a bare offset."""
_OFFSET = re.compile(r"(?:gmt|utc)?\+0?([0-4])(?::?00)?")

KNOWN_AS = {
    name: zone
    for zone, names in {
        "Africa/Abidjan": "bouake yamoussoukro",
        "Africa/Accra": "kumasi tamale +0",
        "Africa/Addis_Ababa": "dire_dawa mekelle",
        "Africa/Algiers": "oran constantine",
        "Africa/Cairo": "alexandria giza",
        "Africa/Casablanca": "fes marrakech marrakesh rabat tangier",
        "Africa/Dakar": "thies touba",
        "Africa/Dar_es_Salaam": "arusha dodoma mwanza zanzibar",
        "Africa/Douala": "bamenda yaounde",
        "Africa/Harare": "bulawayo cat",
        "Africa/Johannesburg": "cape_town durban pretoria sast soweto +2",
        "Africa/Kampala": "entebbe gulu",
        "Africa/Kinshasa": "matadi",
        "Africa/Lagos": "abuja benin_city enugu ibadan kaduna kano port_harcourt wat +1",
        "Africa/Lubumbashi": "bukavu goma kisangani",
        "Africa/Nairobi": "eat eldoret kisumu mombasa nakuru +3",
        "Africa/Tunis": "sfax",
        "Indian/Mauritius": "port_louis +4",
    }.items()
    for name in names.split()
}
"""Cities without a zone of their own, what clocks are called, and offsets: the zone to name."""


@cache
def time_zones() -> frozenset[str]:
    """Those that people live in, by every name that they ever had; read once from the files."""
    return frozenset(filter(_INHABITED.match, available_timezones()))


def nearest_time_zone(name: str) -> str | None:
    """The zone that may be meant: however it is cased, by its city alone, or with a letter amiss.

    Where no city is that near, none: whoever is told a wrong one keeps wrong hours.
    """
    meant = name.strip().replace(" ", "_").casefold()[:LONGEST_ZONE]
    city = meant.rpartition("/")[2]
    if offset := _OFFSET.fullmatch(city):
        city = f"+{offset[1]}"
    by_city = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(time_zones())} | KNOWN_AS
    named = {zone.casefold(): zone for zone in time_zones()}
    if zone := named.get(meant) or by_city.get(city):
        return zone
    close = get_close_matches(city, by_city, n=1, cutoff=0.8) if city[SHORTEST_GUESS - 1 :] else []
    return by_city[close[0]] if close else None
