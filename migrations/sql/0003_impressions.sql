-- Which mentors a learner was shown, and where in the list: a row each, never changed, deleted by
-- age. Outcomes are not copied here: matches tell them when they are asked for.

create table impressions (
    showing_id UUID not null,
    position SMALLINT not null,
    tenant_id UUID not null,
    learner_id UUID not null,
    mentor_id UUID not null,
    features JSONB not null,
    model TEXT not null,
    source TEXT not null,
    degraded BOOLEAN not null,
    shown_at TIMESTAMP WITH TIME ZONE not null,
    constraint pk_impressions primary key (showing_id, position),
    constraint fk_impressions_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_impressions_tenant_id_learner_id
        foreign key (tenant_id, learner_id) references users (tenant_id, id),
    constraint fk_impressions_tenant_id_mentor_id
        foreign key (tenant_id, mentor_id) references mentors (tenant_id, user_id),
    constraint ck_impressions_position check (position between 1 and 100),
    constraint ck_impressions_features check (jsonb_typeof(features) = 'object'),
    constraint ck_impressions_source check (source in ('matcher', 'fallback'))
);

create index ix_impressions_tenant_time
    on impressions (tenant_id, shown_at, showing_id, position);
create index ix_impressions_pair on impressions (learner_id, mentor_id, shown_at);

-- Whoever was shown a list adds it in their own name; only the system reads and forgets.
alter table impressions enable row level security;
alter table impressions force row level security;

create policy learner_system_adds on impressions for insert
    with check (
        tenant_id = (select app.tenant_id())
        and (learner_id = (select app.user_id()) or (select app.is_system()))
    );
create policy system_reads on impressions for select
    using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
create policy system_forgets on impressions for delete
    using (tenant_id = (select app.tenant_id()) and (select app.is_system()));

grant insert on impressions to skillbridge_app;
grant select, delete on impressions to skillbridge_worker;
