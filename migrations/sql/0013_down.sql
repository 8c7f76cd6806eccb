drop function
    app.claim_jobs(bigint, interval),
    app.extend_job(uuid, bigint, interval),
    app.finish_jobs(uuid[], bigint[]),
    app.settle_job(uuid, bigint, boolean);
