"""Everything a database says of its schema, as lines: two databases with the same lines are alike.

Definitions are PostgreSQL's own (`pg_get_constraintdef` and its like), so that two spellings of one
thing are equal. The order of columns and of grants means nothing and is not told.
"""

import asyncpg

CATALOGUE = """
with
ours as (select oid, nspname from pg_namespace where nspname in ('public', 'app', 'auth')),
relations as (select c.* from pg_class as c join ours on ours.oid = c.relnamespace),
functions as (select p.* from pg_proc as p join ours on ours.oid = p.pronamespace),
holders as (
    select 'schema ' || n.nspname as name, n.nspacl as acl, n.nspowner as owner, 'n'::"char" as kind
    from pg_namespace as n join ours using (oid)
    union all
    select 'relation ' || oid::regclass, relacl, relowner, 'r'
    from relations where relkind in ('r', 'p', 'v', 'm', 'f')
    union all
    select 'sequence ' || oid::regclass, relacl, relowner, 's' from relations where relkind = 'S'
    union all
    select 'function ' || oid::regprocedure, proacl, proowner, 'f' from functions
    union all
    select format('column %s.%s', a.attrelid::regclass, a.attname), a.attacl, r.relowner, 'c'
    from pg_attribute as a join relations as r on r.oid = a.attrelid where a.attacl is not null
)
select format('relation %s: kind %s, owner %s, row security %s, forced %s, options %s',
    oid::regclass, relkind, pg_get_userbyid(relowner), relrowsecurity, relforcerowsecurity,
    reloptions) as line
from relations
union all
select format('column %s.%s: %s%s, default %s%s%s', a.attrelid::regclass, a.attname,
    format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end,
    coalesce(pg_get_expr(d.adbin, d.adrelid), 'none'), a.attidentity, a.attgenerated)
from pg_attribute as a
join relations as r on r.oid = a.attrelid and r.relkind in ('r', 'p', 'v', 'm')
left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0 and not a.attisdropped
union all
select format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(c.oid))
from pg_constraint as c join ours on ours.oid = c.connamespace
union all
select format('index %s, valid %s', pg_get_indexdef(i.indexrelid), i.indisvalid)
from pg_index as i join relations as r on r.oid = i.indexrelid
union all
select format('policy %s on %s: permissive %s, for %s to %s, using %s, with check %s', p.polname,
    p.polrelid::regclass, p.polpermissive, p.polcmd,
    (select array_agg(coalesce(pg_get_userbyid(nullif(member, 0)), 'public') order by 1)
        from unnest(p.polroles) as member),
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
from pg_policy as p join relations as r on r.oid = p.polrelid
union all
select format('trigger %s, enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
from pg_trigger as t join relations as r on r.oid = t.tgrelid where not t.tgisinternal
union all
select format('function %s: owner %s, %s', oid::regprocedure, pg_get_userbyid(proowner),
    pg_get_functiondef(oid))
from functions
union all
select format('grant on %s: %s to %s%s', h.name, g.privilege_type,
    coalesce(pg_get_userbyid(nullif(g.grantee, 0)), 'public'),
    case when g.is_grantable then ' with grant option' else '' end)
from holders as h, aclexplode(coalesce(h.acl, acldefault(h.kind, h.owner))) as g
where h.name <> 'schema public' -- as the server made it
union all
select format('type %s: %s', t.oid::regtype, t.typtype)
from pg_type as t join ours on ours.oid = t.typnamespace where t.typtype <> 'c' and t.typelem = 0
union all
select format('extension %s', extname) from pg_extension
order by line
"""


async def catalogue(connection: asyncpg.Connection) -> list[str]:
    return [row["line"] for row in await connection.fetch(CATALOGUE)]
