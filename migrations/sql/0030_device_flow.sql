-- A request to a provider may be answered by a code that is typed in there: it is asked after at a pace, and
-- by nobody else while one question is on its way. The provider's secret stands nowhere: whoever began holds
-- it, sealed.

-- What is there waits for ten minutes at most, so there are few rows to look through.
alter table authorization_requests
    add column pace INTEGER,
    add column asked_again_at TIMESTAMP WITH TIME ZONE,
    -- squawk-ignore constraint-missing-not-valid
    add constraint ck_authorization_requests_pace check (pace between 5 and 60),
    -- squawk-ignore constraint-missing-not-valid
    add constraint ck_authorization_requests_paced
        check ((pace is null) = (asked_again_at is null));
