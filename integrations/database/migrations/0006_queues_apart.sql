-- Procrastinate's tables with each role confined to the queue of its name. With plain grants the worker could fetch the executor's
-- jobs and rewrite their arguments.

-- Procrastinate calls its functions and tables without a schema; bound here, no caller's search path decides what they reach.
DO $$
DECLARE
    routine regprocedure;
    is_trigger boolean;
BEGIN
    FOR routine, is_trigger IN
        SELECT oid::regprocedure, prorettype = 'trigger'::regtype FROM pg_proc WHERE pronamespace = 'procrastinate'::regnamespace
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = procrastinate, pg_temp', routine);
        -- Events are written by triggers alone, so no role needs the right to write them.
        IF is_trigger THEN
            EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', routine);
        END IF;
    END LOOP;
END $$;

-- Whose heartbeat it is: deleting another's would make its running jobs look stalled.
ALTER TABLE procrastinate.procrastinate_workers ADD COLUMN role name NOT NULL DEFAULT current_user;

ALTER TABLE procrastinate.procrastinate_jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE procrastinate.procrastinate_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE procrastinate.procrastinate_periodic_defers ENABLE ROW LEVEL SECURITY;
ALTER TABLE procrastinate.procrastinate_workers ENABLE ROW LEVEL SECURITY;

-- Locks are unique over all queues; with the queue's name in front, nobody can hold up another queue by taking its locks.
CREATE FUNCTION procrastinate.locks_of_own_queue(job procrastinate.procrastinate_jobs) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN (job.lock IS NULL OR starts_with(job.lock, job.queue_name || ':'))
    AND (job.queueing_lock IS NULL OR starts_with(job.queueing_lock, job.queue_name || ':'));

CREATE POLICY worker ON procrastinate.procrastinate_jobs TO expediter_worker
    USING (queue_name = 'worker') WITH CHECK (queue_name = 'worker' AND procrastinate.locks_of_own_queue(procrastinate_jobs));
CREATE POLICY executor ON procrastinate.procrastinate_jobs TO expediter_executor
    USING (queue_name = 'executor') WITH CHECK (queue_name = 'executor' AND procrastinate.locks_of_own_queue(procrastinate_jobs));
CREATE POLICY serve_defers ON procrastinate.procrastinate_jobs FOR INSERT TO expediter_serve WITH CHECK (
    queue_name IN ('worker', 'executor') AND status = 'todo' AND procrastinate.locks_of_own_queue(procrastinate_jobs));
CREATE POLICY serve_sees ON procrastinate.procrastinate_jobs FOR SELECT TO expediter_serve USING (true);

CREATE POLICY own_jobs ON procrastinate.procrastinate_events FOR SELECT TO expediter_worker, expediter_executor
    USING (EXISTS (SELECT FROM procrastinate.procrastinate_jobs AS job WHERE job.id = job_id));

-- The id is part of the unique key, so neither role can use up the other's ticks.
CREATE POLICY worker ON procrastinate.procrastinate_periodic_defers TO expediter_worker
    USING (periodic_id = 'worker') WITH CHECK (periodic_id = 'worker');
CREATE POLICY executor ON procrastinate.procrastinate_periodic_defers TO expediter_executor
    USING (periodic_id = 'executor') WITH CHECK (periodic_id = 'executor');

CREATE POLICY own ON procrastinate.procrastinate_workers TO expediter_worker, expediter_executor
    USING (role = current_user) WITH CHECK (role = current_user);

GRANT USAGE ON SCHEMA procrastinate TO expediter_serve, expediter_worker, expediter_executor;
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate.procrastinate_jobs TO expediter_worker, expediter_executor;
GRANT SELECT ON procrastinate.procrastinate_events TO expediter_worker, expediter_executor;
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate.procrastinate_periodic_defers TO expediter_worker, expediter_executor;
GRANT SELECT, INSERT, DELETE ON procrastinate.procrastinate_workers TO expediter_worker, expediter_executor;
GRANT UPDATE (last_heartbeat) ON procrastinate.procrastinate_workers TO expediter_worker, expediter_executor;
GRANT USAGE ON SEQUENCE procrastinate.procrastinate_jobs_id_seq TO expediter_serve, expediter_worker, expediter_executor;
GRANT USAGE ON SEQUENCE procrastinate.procrastinate_periodic_defers_id_seq TO expediter_worker, expediter_executor;
-- Serve defers and counts; what a job carries it neither needs to see nor may change.
GRANT INSERT (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at), SELECT (id, queue_name, task_name, status, scheduled_at)
    ON procrastinate.procrastinate_jobs TO expediter_serve;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA procrastinate FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA procrastinate TO expediter_worker, expediter_executor;
-- But not those of triggers, which act as the owner: on a temporary table of its own, a role could have them act on any job.
DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN
        SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'procrastinate'::regnamespace AND prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM expediter_worker, expediter_executor', routine);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION
    procrastinate.procrastinate_defer_jobs_v1(procrastinate.procrastinate_job_to_defer_v1[]),
    procrastinate.locks_of_own_queue(procrastinate.procrastinate_jobs)
    TO expediter_serve;
