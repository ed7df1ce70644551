-- The last scans, and the jobs that were given up.

CREATE TABLE risk_scan (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    as_of timestamptz NOT NULL,
    open_orders integer NOT NULL,
    orders jsonb NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION keep_latest_scans() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    DELETE FROM risk_scan WHERE id <= NEW.id - 20;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_latest_scans AFTER INSERT ON risk_scan FOR EACH ROW EXECUTE FUNCTION keep_latest_scans();

-- Each time a job's process died while it ran. Procrastinate does not count these, and without a limit a job that kills its
-- process is tried for ever.
CREATE TABLE job_reap (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL,
    job_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX job_reap_job ON job_reap (job_id);

CREATE TABLE dead_letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL,
    job_id bigint NOT NULL UNIQUE,
    task_name text NOT NULL,
    args jsonb NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE job_reap ENABLE ROW LEVEL SECURITY;
ALTER TABLE dead_letter ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON job_reap TO expediter_worker USING (queue = 'worker') WITH CHECK (queue = 'worker');
CREATE POLICY executor ON job_reap TO expediter_executor USING (queue = 'executor') WITH CHECK (queue = 'executor');
CREATE POLICY worker ON dead_letter TO expediter_worker USING (queue = 'worker') WITH CHECK (queue = 'worker');
CREATE POLICY executor ON dead_letter TO expediter_executor USING (queue = 'executor') WITH CHECK (queue = 'executor');
CREATE POLICY serve ON dead_letter FOR SELECT TO expediter_serve USING (true);

GRANT SELECT ON risk_scan TO expediter_serve, expediter_worker;
GRANT INSERT (as_of, open_orders, orders) ON risk_scan TO expediter_worker;
GRANT SELECT, INSERT (queue, job_id) ON job_reap TO expediter_worker, expediter_executor;
GRANT SELECT, INSERT (queue, job_id, task_name, args, reason) ON dead_letter TO expediter_worker, expediter_executor;
GRANT SELECT ON dead_letter TO expediter_serve;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
