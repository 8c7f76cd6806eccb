"""The job that does something, for the peers: who asks is looked up, and the mentor is told once."""

import os

DATABASE = os.environ["BENCH_DATABASE_URL"]
CONNECTIONS = 8
NAME = "select name from profiles where user_id = %(learner)s"
TELL = """
    insert into notices (id, tenant_id, user_id, event_id, kind, about, title, body, link, created_at)
    values (gen_random_uuid(), %(tenant)s, %(mentor)s, %(event)s, 'MatchRequested', %(learner)s,
        %(name)s || ' asks you to be their mentor',
        'Read what they write, and accept or decline before the request expires.',
        '/matches/' || %(match)s, %(at)s)
    on conflict do nothing
"""
