-- What the matcher must hold, as a number: of each version of a tenant's pool the digest that all its
-- mentors make together, and what each mentor adds to it, so that a change costs what it changed.
-- Numbers of 64 bits without a sign, kept as those with one.

create table pool_seals (
    tenant_id UUID not null,
    version BIGINT not null,
    digest BIGINT not null,
    constraint pk_pool_seals primary key (tenant_id, version),
    constraint fk_pool_seals_tenant_id foreign key (tenant_id) references tenants (id)
);

create table mentor_digests (
    tenant_id UUID not null,
    mentor_id UUID not null,
    digest BIGINT not null,
    constraint pk_mentor_digests primary key (tenant_id, mentor_id),
    constraint fk_mentor_digests_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_mentor_digests_tenant_id_mentor_id
        foreign key (tenant_id, mentor_id) references mentors (tenant_id, user_id)
);

-- Workers and the API alike refill a matcher, so both write here, each within a tenant. It is made of
-- what both may read, and a wrong number only lets answers come from the fallback.
alter table pool_seals enable row level security;
alter table pool_seals force row level security;
alter table mentor_digests enable row level security;
alter table mentor_digests force row level security;

create policy tenant_seals on pool_seals for all
    using (tenant_id = (select app.tenant_id()));
create policy tenant_seals on mentor_digests for all
    using (tenant_id = (select app.tenant_id()));

grant select, insert, update, delete on pool_seals, mentor_digests
    to skillbridge_app, skillbridge_worker;
