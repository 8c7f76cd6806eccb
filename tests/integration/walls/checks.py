"""Of each CHECK of the schema the last values that fit and the first that do not."""

Changes = tuple[str, ...]
"""What an update sets, in SQL."""

_ADDRESS: tuple[Changes, Changes] = (
    ("email = repeat('a', 254)",),
    ("email = repeat('a', 255)", "email = 'A@example.org'"),
)
_BOTH = "email = 'a@example.org', former_email = 'b@example.org'"
_OBJECT, _ARRAY = "'{}'", "'[]'"

CHECKS: dict[str, tuple[Changes, Changes]] = {
    "ck_audit_entries_category": (
        ("category = 'iam'", "category = 'intrusion_detection'"),
        ("category = 'other'",),
    ),
    "ck_audit_entries_actor_kind": (
        ("actor_kind = 'nobody'", "actor_kind = 'operator'"),
        ("actor_kind = 'doorkeeper'",),
    ),
    "ck_audit_entries_details": ((f"details = {_OBJECT}",), (f"details = {_ARRAY}",)),
    "ck_audit_entries_hash": (
        ("n = 1, hash = sha256(''), sealed_at = now()",),
        ("n = 1, hash = 'a', sealed_at = now()",),
    ),
    "ck_audit_entries_seal": (
        ("n = null, hash = null, sealed_at = null",),
        ("n = 1, hash = null, sealed_at = now()", "n = null, hash = sha256(''), sealed_at = null"),
    ),
    "ck_audit_heads_hash": (("hash = sha256('')",), ("hash = 'a'",)),
    "ck_tenants_slug": (
        ("slug = 'a0'", "slug = '0-'", "slug = repeat('a', 63)"),
        ("slug = 'a'", "slug = '-a'", "slug = 'A0'", "slug = 'a_0'", "slug = repeat('a', 64)"),
    ),
    "ck_tenants_state": (("state = 'suspended'", "state = 'erasing'"), ("state = 'gone'",)),
    "ck_tenant_settings_version": (("version = 1",), ("version = 0",)),
    "ck_tenant_settings_settings": ((f"settings = {_OBJECT}",), (f"settings = {_ARRAY}",)),
    "ck_tenant_settings_reason": (
        ("reason = 'abc'", "reason = repeat('é', 200)"),
        ("reason = 'ab'", "reason = repeat('é', 201)"),
    ),
    "ck_users_email": _ADDRESS,
    "ck_users_roles": (
        ("roles = '{}'", "roles = '{learner,mentor,moderator,admin}'"),
        ("roles = '{learner,owner}'",),
    ),
    "ck_users_devices": (
        ("devices = '{}'", "devices = array_fill('a'::text, array[10])"),
        ("devices = array_fill('a'::text, array[11])",),
    ),
    "ck_registrations_email": _ADDRESS,
    "ck_registrations_tries": (("tries = 0", "tries = 5"), ("tries = -1", "tries = 6")),
    "ck_second_factors_recovery_codes": (
        ("recovery_codes = '{}'", "recovery_codes = array_fill('a'::bytea, array[10])"),
        ("recovery_codes = array_fill('a'::bytea, array[11])",),
    ),
    "ck_second_factors_kind": (
        (
            "kind = 'app'",
            "kind = 'email', sealed_secret = ''",
            "kind = 'sms', sealed_secret = ''",
        ),
        ("kind = 'fax', sealed_secret = ''",),
    ),
    "ck_second_factors_sealed_secret": (
        ("sealed_secret = 'a'", "kind = 'email', sealed_secret = ''"),
        ("sealed_secret = ''", "kind = 'email'"),
    ),
    "ck_phones_number_index": (
        ("number_index = sha256('')",),
        ("number_index = ''", "number_index = substr(sha256(''), 2)"),
    ),
    "ck_phones_text_state": (
        tuple(
            f"text_id = gen_random_uuid(), text_state = '{state}'"
            for state in ("sending", "waiting", "sent", "unknown", "refused")
        ),
        ("text_id = gen_random_uuid(), text_state = 'lost'",),
    ),
    "ck_phones_text": (
        (
            "text_id = null, text_state = null",
            "text_id = gen_random_uuid(), text_state = 'sent'",
        ),
        ("text_id = gen_random_uuid(), text_state = null", "text_id = null, text_state = 'sent'"),
    ),
    "ck_passkeys_credential_id": (
        ("credential_id = 'a'", "credential_id = repeat('a', 1023)::bytea"),
        ("credential_id = ''", "credential_id = repeat('a', 1024)::bytea"),
    ),
    "ck_passkeys_public_key": (
        ("public_key = repeat('a', 1024)::bytea",),
        ("public_key = repeat('a', 1025)::bytea",),
    ),
    "ck_passkeys_sign_count": (
        ("sign_count = 0", "sign_count = 4294967295"),
        ("sign_count = -1", "sign_count = 4294967296"),
    ),
    "ck_passkeys_name": (
        ("name = 'A'", "name = repeat('é', 50)"),
        ("name = ''", "name = repeat('é', 51)"),
    ),
    "ck_spent_challenges_nonce": (
        ("nonce = substr(sha256(''), 1, 16)",),
        ("nonce = substr(sha256(''), 1, 15)", "nonce = substr(sha256(''), 1, 17)"),
    ),
    "ck_identities_issuer": (
        ("issuer = ''", "issuer = repeat('a', 500)"),
        ("issuer = repeat('a', 501)",),
    ),
    "ck_identities_subject": (
        ("subject = 'a'", "subject = repeat('a', 255)"),
        ("subject = ''", "subject = repeat('a', 256)"),
    ),
    "ck_authorization_requests_binding": (
        ("binding = sha256('a')",),
        ("binding = 'a'", "binding = sha256('a') || 'a'"),
    ),
    "ck_authorization_requests_pace": (
        ("pace = 5, asked_again_at = now()", "pace = 60, asked_again_at = now()"),
        ("pace = 4, asked_again_at = now()", "pace = 61, asked_again_at = now()"),
    ),
    "ck_authorization_requests_paced": (
        ("pace = null, asked_again_at = null",),
        ("pace = 5, asked_again_at = null", "pace = null, asked_again_at = now()"),
    ),
    "ck_one_time_proofs_purpose": (
        (
            *("purpose = 'reset_password'", "purpose = 'sign_in'", "purpose = 'set_up_factor'"),
            *("purpose = 'second_factor'", "purpose = 'step_up'", "purpose = 'verify_phone'"),
            *("purpose = 'set_up_sms'", "purpose = 'sms_second_factor'", "purpose = 'sms_step_up'"),
            f"purpose = 'change_address', {_BOTH}",
        ),
        ("purpose = 'signs_in'", "purpose = ''"),
    ),
    "ck_one_time_proofs_email": (
        ("purpose = 'change_address', former_email = 'b@example.org', email = repeat('a', 254)",),
        tuple(
            f"purpose = 'change_address', former_email = 'b@example.org', email = {wrong}"
            for wrong in ("repeat('a', 255)", "'A@example.org'")
        ),
    ),
    "ck_one_time_proofs_tries": (("tries = 0", "tries = 5"), ("tries = -1", "tries = 6")),
    "ck_one_time_proofs_addresses": (
        ("email = null", f"purpose = 'change_address', {_BOTH}"),
        (
            "purpose = 'change_address'",
            _BOTH,
            "former_email = 'b@example.org'",
            "purpose = 'change_address', email = 'a@example.org'",
        ),
    ),
    "ck_api_tokens_hash": (
        ("hash = sha256('')",),
        ("hash = substr(hash, 2)", "hash = hash || hash"),
    ),
    "ck_api_tokens_name": (
        ("name = 'a'", "name = '0-'", "name = repeat('a', 40)"),
        ("name = ''", "name = '-a'", "name = 'A'", "name = 'a_b'", "name = repeat('a', 41)"),
    ),
    "ck_api_tokens_scopes": (("scopes = '{badges:read}'",), ("scopes = '{}'",)),
    "ck_api_tokens_life": (
        ("expires_at = created_at + interval '365 days'",),
        ("expires_at = created_at + interval '365 days 1 second'",),
    ),
    "ck_refresh_tokens_hash": (
        ("hash = sha256('')",),
        ("hash = substr(hash, 2)", "hash = hash || hash"),
    ),
    "ck_profiles_name": (
        ("name = 'A'", "name = repeat('é', 80)"),
        ("name = ''", "name = repeat('é', 81)"),
    ),
    "ck_profiles_bio": (("bio = ''", "bio = repeat('é', 2000)"), ("bio = repeat('é', 2001)",)),
    "ck_profiles_country": (
        ("country = null", "country = 'NG'"),
        ("country = 'ng'", "country = 'N'", "country = 'NGA'", "country = ''"),
    ),
    "ck_profiles_skills": ((f"skills = {_OBJECT}",), (f"skills = {_ARRAY}",)),
    "ck_profiles_availability": (
        (f"availability = {_ARRAY}",),
        (f"availability = {_OBJECT}",),
    ),
    "ck_mentors_headline": (
        ("headline = 'A'", "headline = repeat('é', 140)"),
        ("headline = ''", "headline = repeat('é', 141)"),
    ),
    "ck_mentors_capacity": (
        ("active_matches = 0, capacity = 1", "capacity = 50"),
        ("active_matches = 0, capacity = 0", "capacity = 51"),
    ),
    "ck_mentors_load": (
        ("active_matches = 0", "active_matches = capacity"),
        ("active_matches = -1", "active_matches = capacity + 1"),
    ),
    "ck_mentors_experience": (
        ("experience_years = 0", "experience_years = 60"),
        ("experience_years = -1", "experience_years = 61"),
    ),
    "ck_roadmaps_goal": (
        ("goal = 'A'", "goal = repeat('é', 500)"),
        ("goal = ''", "goal = repeat('é', 501)"),
    ),
    "ck_roadmaps_level": (
        ("level = 'beginner'", "level = 'intermediate'", "level = 'advanced'"),
        ("level = 'expert'",),
    ),
    "ck_roadmaps_status": (
        ("status = 'drafting'", "status = 'ready'", "status = 'failed'"),
        ("status = 'done'",),
    ),
    "ck_roadmaps_author": (
        ("author = null", "author = 'model'", "author = 'template'"),
        ("author = 'person'",),
    ),
    "ck_roadmaps_hours": (
        ("hours_per_week = 1", "hours_per_week = 60"),
        ("hours_per_week = 0", "hours_per_week = 61"),
    ),
    "ck_roadmaps_percent": (
        ("percent = 0", "percent = 100"),
        ("percent = -1", "percent = 101"),
    ),
    "ck_roadmaps_modules": ((f"modules = {_ARRAY}",), (f"modules = {_OBJECT}",)),
    "ck_matches_status": (
        tuple(
            f"status = '{status}'"
            for status in (
                "requested",
                "active",
                "declined",
                "withdrawn",
                "expired",
                "completed",
                "cancelled",
            )
        ),
        ("status = 'lost'",),
    ),
    "ck_matches_two_people": (
        ("learner_id = gen_random_uuid()",),
        ("learner_id = mentor_id",),
    ),
    "ck_matches_message": (
        ("message = ''", "message = repeat('é', 1000)"),
        ("message = repeat('é', 1001)",),
    ),
    "ck_cohort_runs_status": (
        tuple(
            f"status = '{status}'"
            for status in (
                "queued",
                "running",
                "proposed",
                "confirmed",
                "applied",
                "discarded",
                "failed",
                "expired",
            )
        ),
        ("status = 'lost'",),
    ),
    "ck_cohort_runs_mode": (
        ("mode = 'optimal'", "mode = 'fast'", "mode = 'greedy'", "mode = 'stable'"),
        ("mode = 'random'",),
    ),
    "ck_cohort_runs_k": (("k = null", "k = 1", "k = 100"), ("k = 0", "k = 101")),
    "ck_cohort_runs_gap": (
        ("gap_ppm = null", "gap_ppm = 0", "gap_ppm = 1000000"),
        ("gap_ppm = -1", "gap_ppm = 1000001"),
    ),
    "ck_cohort_runs_deadline": (
        ("deadline_ms = null", "deadline_ms = 1", "deadline_ms = 120000"),
        ("deadline_ms = 0", "deadline_ms = 120001"),
    ),
    "ck_cohort_runs_learners": (
        (
            "learner_ids = null",
            "learner_ids = array[id]",
            "learner_ids = array_fill(id, array[100000])",
        ),
        ("learner_ids = '{}'", "learner_ids = array_fill(id, array[100001])"),
    ),
    "ck_cohort_runs_weights": (
        ("weights = null", f"weights = {_OBJECT}"),
        (f"weights = {_ARRAY}",),
    ),
    "ck_cohort_runs_outcome": (
        ("outcome = null", f"outcome = {_OBJECT}"),
        (f"outcome = {_ARRAY}",),
    ),
    "ck_cohort_runs_counts": (
        ("applied = 0, skipped = 0",),
        ("applied = -1", "skipped = -1"),
    ),
    "ck_placements_total": (
        ("total = 0", "total = 10000"),
        ("total = -1", "total = 10001"),
    ),
    "ck_placements_terms": ((f"terms = {_OBJECT}",), (f"terms = {_ARRAY}",)),
    "ck_placements_state": (
        (
            "state = 'proposed'",
            "state = 'applied', match_id = gen_random_uuid()",
            "state = 'skipped', because = 'declined'",
            "state = 'unplaced', because = 'without_place', mentor_id = null",
        ),
        ("state = 'lost'",),
    ),
    "ck_placements_because": (
        ("state = 'skipped', because = 'declined'",),
        ("because = 'declined'", "state = 'skipped'"),
    ),
    "ck_placements_mentor": (
        ("state = 'unplaced', because = 'without_place', mentor_id = null",),
        ("mentor_id = null", "state = 'unplaced', because = 'without_place'"),
    ),
    "ck_placements_match": (
        ("state = 'applied', match_id = gen_random_uuid()",),
        ("match_id = gen_random_uuid()", "state = 'applied'"),
    ),
    "ck_impressions_position": (
        ("position = 1", "position = 100"),
        ("position = 0", "position = 101"),
    ),
    "ck_impressions_features": ((f"features = {_OBJECT}",), (f"features = {_ARRAY}",)),
    "ck_impressions_source": (
        ("source = 'matcher'", "source = 'fallback'"),
        ("source = 'guess'",),
    ),
    "ck_sign_ins_key": (("key = null", "key = sha256('')"), ("key = ''", "key = sha512('')")),
    "ck_kept_answers_key": (
        ("key = 'k'", "key = repeat('k', 255)"),
        ("key = ''", "key = repeat('k', 256)"),
    ),
    "ck_kept_answers_fingerprint": (
        ("fingerprint = sha256('')",),
        ("fingerprint = ''", "fingerprint = sha512('')"),
    ),
    "ck_kept_answers_status": (
        ("status = 200", "status = 299"),
        ("status = 199", "status = 300"),
    ),
    "ck_kept_answers_headers": ((f"headers = {_OBJECT}",), (f"headers = {_ARRAY}",)),
    "ck_privacy_requests_kind": (
        tuple(
            f"kind = '{kind}'"
            for kind in (
                *("export", "erasure", "rectification", "restriction", "objection", "grievance"),
            )
        ),
        ("kind = 'wish'",),
    ),
    "ck_privacy_requests_state": (
        (
            *("state = 'waiting', ended_at = null", "state = 'running', ended_at = null"),
            *(f"state = '{end}', ended_at = now()" for end in ("done", "cancelled", "refused")),
        ),
        ("state = 'lost', ended_at = now()",),
    ),
    "ck_privacy_requests_ended": (
        ("state = 'done', ended_at = now()", "state = 'running', ended_at = null"),
        ("state = 'done', ended_at = null", "state = 'waiting', ended_at = now()"),
    ),
    "ck_privacy_requests_address": (
        ("address = null", "state = 'running', ended_at = null, address = 'a@example.org'"),
        ("state = 'waiting', ended_at = null, address = 'a@example.org'",),
    ),
    "ck_privacy_requests_receipts": ((f"receipts = {_OBJECT}",), (f"receipts = {_ARRAY}",)),
    "ck_uploads_purpose": (("purpose = 'avatar'",), ("purpose = 'song'",)),
    "ck_uploads_state": (
        (
            "state = 'receiving', received = 0",
            *(f"state = '{state}', received = size" for state in ("received", "done")),
            "state = 'refused', received = size, reason = 'x'",
        ),
        ("state = 'lost', received = size",),
    ),
    "ck_uploads_size": (
        ("size = 1, received = 0, state = 'receiving'",),
        ("size = 0, received = 0, state = 'done'",),
    ),
    "ck_uploads_received": (
        ("received = 0, state = 'receiving'", "received = size, state = 'received'"),
        ("received = -1, state = 'receiving'", "received = size + 1, state = 'receiving'"),
    ),
    "ck_uploads_filled": (
        ("received = size, state = 'received'", "received = 0, state = 'receiving'"),
        ("received = size, state = 'receiving'", "received = 0, state = 'received'"),
    ),
    "ck_uploads_reason": (
        ("state = 'refused', received = size, reason = 'x'", "reason = null"),
        ("state = 'refused', received = size, reason = null", "reason = 'x'"),
    ),
    "ck_avatars_small": (("small = 1",), ("small = 0",)),
    "ck_avatars_large": (("large = 1",), ("large = 0",)),
    "ck_events_payload": ((f"payload = {_OBJECT}",), (f"payload = {_ARRAY}",)),
    "ck_jobs_state": (
        tuple(f"state = '{state}'" for state in ("ready", "running", "done", "dead")),
        ("state = 'lost'",),
    ),
    "ck_jobs_cause": (
        ("event_id = null, slot = '1'", "event_id = gen_random_uuid(), slot = null"),
        ("event_id = null, slot = null", "event_id = gen_random_uuid(), slot = '1'"),
    ),
    "ck_processes_part": (("part = 'api'", "part = 'worker'"), ("part = 'cron'",)),
}
"""Of each CHECK what fits and what it refuses."""
