-- What a request was answered, kept for a day with what it wrote: whoever sends it again with the same
-- key, as after a lost answer, is given that. A key is its sender's own, within one operation; the
-- fingerprint tells another request under the same key.

create table kept_answers (
    user_id UUID not null,
    tenant_id UUID not null,
    operation TEXT not null,
    key TEXT not null,
    fingerprint BYTEA not null,
    status SMALLINT not null,
    headers JSONB not null,
    body TEXT,
    at TIMESTAMP WITH TIME ZONE default now() not null,
    constraint pk_kept_answers primary key (user_id, tenant_id, operation, key),
    constraint fk_kept_answers_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_kept_answers_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id),
    constraint ck_kept_answers_key check (char_length(key) between 1 and 255),
    constraint ck_kept_answers_fingerprint check (octet_length(fingerprint) = 32),
    constraint ck_kept_answers_status check (status between 200 and 299),
    constraint ck_kept_answers_headers check (jsonb_typeof(headers) = 'object')
);

create index ix_kept_answers_tenant_time on kept_answers (tenant_id, at);
