"""What triggers do in PostgreSQL happens in memory, too."""

import re

import pytest

from skillbridge.adapters.memory.triggers import TRIGGERS, stamp
from skillbridge.adapters.migrations import migrations

pytestmark = pytest.mark.row("A9")


def test_the_same_tables_are_stamped() -> None:
    text = (migrations() / "sql" / "current" / "stamps.sql").read_text()
    stamped = set(re.findall(r"trigger stamp before update on (\w+)", text))
    assert stamped == {table for table, triggers in TRIGGERS.items() if stamp in triggers}


def test_every_trigger_has_its_counterpart_or_a_reason() -> None:
    """Of a function that this does not know, somebody has to say what the memory does instead."""
    found = {
        name
        for file in (migrations() / "sql" / "current").glob("*.sql")
        for name in re.findall(r"create or replace trigger (\w+)", file.read_text())
    }
    assert found == {
        *("stamp", "roll_up_load", "grant_mentor"),  # repeated
        "roll_up_progress",  # made when it is read
        *("guard_roadmap", "guard_match", "guard_cohort_run", "guard_placement"),  # the domain's
        *("cancel_erasure", "nothing_for_the_erased"),  # repeated
        *("guard_privacy_request", "guard_upload"),  # the domain's
        *("guard_audit", "guard_all_audit"),  # nothing of ours changes an entry
        *("guard_sign_in", "guard_end"),  # the domain's: ended stays ended, a refresh prolongs
        *("next_pool_version", "touch_mentor"),  # the pool's numbers are made when it is read
        *("write_document", "write_document_anew"),  # a search reads the profiles themselves
        *("tally_new", "tally_done", "tally_gone", "tally_none"),  # jobs are counted when asked
    }
