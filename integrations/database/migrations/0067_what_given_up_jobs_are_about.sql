-- As in 0066; what a person sent is not read as JSON: PostgreSQL refuses some that our programs took, like a text with "\u0000", and one
-- such job would keep all of them from being listed. What it is about stands first in it.

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
