-- Every change gets a new version and a new time, whoever makes it.
create or replace function app.stamp() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.updated_at := now();
    new.version := old.version + 1;
    return new;
end
$$;

create or replace trigger stamp before update on users for each row execute function app.stamp();
create or replace trigger stamp before update on profiles for each row execute function app.stamp();
create or replace trigger stamp before update on mentors for each row execute function app.stamp();
create or replace trigger stamp before update on roadmaps for each row execute function app.stamp();
create or replace trigger stamp before update on matches for each row execute function app.stamp();
create or replace trigger stamp before update on cohort_runs for each row execute function app.stamp();
