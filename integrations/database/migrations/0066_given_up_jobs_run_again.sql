-- A job that was given up is run again because a named person says so: serve stores who, the process whose queue it was in puts it
-- back as a job of its own. So serve gets no right over other queues, and they none to say that a person wanted it.

ALTER TABLE dead_letter ADD COLUMN lock text;
COMMENT ON COLUMN dead_letter.lock IS 'what the job waited its turn for, and waits for again';
UPDATE dead_letter SET lock = job.lock FROM procrastinate.procrastinate_jobs AS job WHERE job.id = dead_letter.job_id;
GRANT INSERT (lock) ON dead_letter TO expediter_worker, expediter_executor;

-- One given-up job runs again once. Given up again it is another one, with a number of its own.
CREATE TABLE job_replay (
    dead_letter_id bigint PRIMARY KEY REFERENCES dead_letter,
    queue text NOT NULL,
    person_id bigint NOT NULL REFERENCES person,
    at timestamptz NOT NULL,
    UNIQUE (dead_letter_id, queue)
);

CREATE FUNCTION check_replay() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    who person;
    earlier text;
BEGIN
    SELECT * INTO who FROM person WHERE id = NEW.person_id AND active;
    SELECT queue INTO NEW.queue FROM dead_letter WHERE id = NEW.dead_letter_id;
    SELECT format('%s at %s', handle, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')) INTO earlier
        FROM job_replay JOIN person ON person.id = person_id WHERE dead_letter_id = NEW.dead_letter_id;
    IF who.id IS NULL THEN
        RAISE EXCEPTION 'Only an active person can have a job run again.' USING ERRCODE = 'EX360';
    ELSIF NOT who.roles && '{ops_manager,admin}' THEN
        RAISE EXCEPTION '% may not have jobs run again; these roles may: ops_manager, admin.', who.handle USING ERRCODE = 'EX361';
    ELSIF NEW.queue IS NULL THEN
        RAISE EXCEPTION 'No job J% was given up.', NEW.dead_letter_id USING ERRCODE = 'EX160';
    ELSIF earlier IS NOT NULL THEN
        RAISE EXCEPTION 'J% was put back already, by %.', NEW.dead_letter_id, earlier USING ERRCODE = 'EX260';
    END IF;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER check_replay BEFORE INSERT ON job_replay FOR EACH ROW EXECUTE FUNCTION check_replay();

CREATE FUNCTION audit_replay() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('job.replayed', 'job:' || NEW.dead_letter_id,
        jsonb_build_object('queue', queue, 'task', task_name, 'args', args, 'reason', reason, 'given_up_at', at), NEW.person_id)
        FROM dead_letter WHERE id = NEW.dead_letter_id;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_replay AFTER INSERT ON job_replay FOR EACH ROW EXECUTE FUNCTION audit_replay();

-- What its owner made of it. The key goes over the queue, so that neither process settles what the other one has to do.
CREATE TABLE job_replayed (
    dead_letter_id bigint PRIMARY KEY,
    queue text NOT NULL,
    job_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (dead_letter_id, queue) REFERENCES job_replay (dead_letter_id, queue)
);

ALTER TABLE job_replay ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_replayed ENABLE ROW LEVEL SECURITY;
CREATE POLICY serve ON job_replay TO expediter_serve USING (true) WITH CHECK (true);
CREATE POLICY worker ON job_replay FOR SELECT TO expediter_worker USING (queue = 'worker');
CREATE POLICY executor ON job_replay FOR SELECT TO expediter_executor USING (queue = 'executor');
CREATE POLICY worker ON job_replayed TO expediter_worker USING (queue = 'worker') WITH CHECK (queue = 'worker');
CREATE POLICY executor ON job_replayed TO expediter_executor USING (queue = 'executor') WITH CHECK (queue = 'executor');

-- For people: what each was for, and what became of it. What else a job carries stays between its queue and serve.
-- What a person sent is not read as JSON: PostgreSQL refuses some that our programs took, like a text with "\u0000", and one such job would
-- keep all of them from being listed. What it is about stands first in it.
CREATE OR REPLACE VIEW given_up AS
SELECT letter.id, letter.task_name, letter.reason, letter.at, asker.handle AS asked_by, inbound.received_at AS asked_at,
    CASE
        WHEN letter.task_name = 'rescan' THEN letter.args ->> 'name'
        WHEN granted.id IS NOT NULL THEN 'P' || granted.proposal_id
        WHEN inbound.kind IN ('undo', 'dry_run') THEN 'P' || ltrim(upper(btrim(inbound.text)), 'P')
        WHEN inbound.kind = 'edit' THEN 'P' || substring(inbound.text FROM '^\{"proposal": ?([0-9]{1,18})\M')
        WHEN inbound.kind IN ('mail_link', 'mail_follow', 'reply') THEN 'M' || substring(inbound.text FROM '^\{"mail": ?([0-9]{1,18})\M')
    END AS about,
    EXISTS (SELECT FROM answer_part WHERE inbound_id = inbound.id AND answer_part.kind IN ('final', 'failed')) AS answered,
    replay.at AS replayed_at, replayer.handle AS replayed_by, following.id AS next_id,
    CASE
        WHEN replay.at IS NULL THEN NULL
        WHEN following.id IS NOT NULL OR job.status NOT IN ('todo', 'doing') THEN 'given_up_again'
        WHEN replayed.job_id IS NULL OR job.status = 'todo' THEN 'waiting'
        WHEN job.status = 'doing' THEN 'running'
        ELSE 'done'
    END AS became
FROM dead_letter AS letter
LEFT JOIN inbound ON letter.queue = 'worker'
    AND inbound.id = CASE WHEN letter.args ->> 'inbound_id' ~ '^[0-9]{1,18}$' THEN (letter.args ->> 'inbound_id')::bigint END
LEFT JOIN person AS asker ON asker.id = inbound.person_id
LEFT JOIN approval_grant AS granted ON letter.queue = 'executor'
    AND granted.id = CASE WHEN letter.args ->> 'grant_id' ~ '^[0-9]{1,18}$' THEN (letter.args ->> 'grant_id')::bigint END
LEFT JOIN job_replay AS replay ON replay.dead_letter_id = letter.id
LEFT JOIN person AS replayer ON replayer.id = replay.person_id
LEFT JOIN job_replayed AS replayed ON replayed.dead_letter_id = letter.id
LEFT JOIN procrastinate.procrastinate_jobs AS job ON job.id = replayed.job_id
LEFT JOIN dead_letter AS following ON following.job_id = replayed.job_id;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT SELECT ON given_up TO expediter_serve;
GRANT SELECT, INSERT (dead_letter_id, person_id) ON job_replay TO expediter_serve;
GRANT SELECT ON job_replay TO expediter_worker, expediter_executor;
GRANT SELECT, INSERT (dead_letter_id, queue, job_id) ON job_replayed TO expediter_worker, expediter_executor;
