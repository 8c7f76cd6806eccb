-- Which processes run: a row each, renewed every few seconds by itself and forgotten when silent.
-- It names no machine and no person, so everybody may read it; times are the database's.

create table processes (
    id UUID not null,
    part TEXT not null,
    version TEXT not null,
    started_at TIMESTAMP WITH TIME ZONE not null default now(),
    beat_at TIMESTAMP WITH TIME ZONE not null default now(),
    constraint pk_processes primary key (id),
    constraint ck_processes_part check (part in ('api', 'worker'))
);

alter table processes enable row level security;
alter table processes force row level security;

-- The API speaks for itself only: a worker that nobody has started cannot be made up by it.
create policy anyone_reads on processes for select using (true);
create policy each_for_itself_comes on processes for insert
    with check (part = 'api' or (select app.is_system()));
create policy each_for_itself_beats on processes for update
    using (part = 'api' or (select app.is_system()));
create policy each_for_itself_goes on processes for delete
    using (part = 'api' or (select app.is_system()));

grant select, insert, update, delete on processes to skillbridge_app, skillbridge_worker;
