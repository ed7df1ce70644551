-- Nobody answers or finishes a mail that they were not shown. What a person is shown of a thread counts its mails too, so that what came
-- meanwhile refuses their word; and an answer covers the mails that were read by the time it was asked for, not those that came before
-- it was sent, or lay unread while the ERP was away.

CREATE OR REPLACE FUNCTION refresh_mail_thread(about bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
    WITH said AS (
        SELECT count(*) + (SELECT count(*) FROM mail_in_thread WHERE thread_id = about) AS last_event,
            (array_agg(owner_id ORDER BY event.id DESC) FILTER (WHERE kind = 'taken'))[1] AS owner_id,
            coalesce((array_agg(kind ORDER BY event.id DESC) FILTER (WHERE kind IN ('done', 'reopened')))[1] = 'done', false) AS done,
            (array_agg(event.at ORDER BY event.id DESC) FILTER (WHERE kind = 'done'))[1] AS done_at,
            (array_agg(person_id ORDER BY event.id DESC) FILTER (WHERE kind = 'done'))[1] AS done_by,
            max(coalesce(proposal.created_at, event.at)) FILTER (WHERE kind IN ('answered', 'done')) AS answered_at
        FROM mail_in_thread JOIN mail_event AS event USING (mail_id) LEFT JOIN proposal ON proposal.id = event.proposal_id
        WHERE thread_id = about
    ), mails AS (
        SELECT known.*, made.at > coalesce((SELECT answered_at FROM said), '-infinity') AS waits
        FROM mail_in_thread JOIN known_mail AS known USING (mail_id) JOIN mail_triage AS made USING (mail_id) WHERE thread_id = about
    ), newest AS (
        SELECT * FROM mails ORDER BY mail_class = 'automated_noise', mail_id DESC LIMIT 1
    )
    UPDATE mail_thread SET
        newest_mail_id = newest.mail_id, mails = (SELECT count(*) FROM mails), mail_class = newest.mail_class,
        priority = coalesce((SELECT min(priority) FROM mails WHERE waits), newest.priority),
        needs_person = NOT said.done AND EXISTS (SELECT FROM mails WHERE waits AND needs_person),
        due_at = CASE WHEN NOT said.done THEN (SELECT min(due_at) FROM mails WHERE waits) END,
        owner_id = said.owner_id, answered_at = said.answered_at, last_event = said.last_event,
        done_at = CASE WHEN said.done THEN said.done_at END, done_by = CASE WHEN said.done THEN said.done_by END
    FROM said, newest WHERE mail_thread.id = about
$$;

CREATE OR REPLACE FUNCTION put_in_thread(about bigint, names text[], OUT thread bigint, OUT waiting bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM FROM mail_thread_turn FOR UPDATE;
    SELECT min(thread_id) INTO thread FROM mail_in_thread WHERE mail_id <> about AND mail_id IN (
        SELECT id FROM mail WHERE message_id = ANY(names) UNION SELECT mail_id FROM mail_names WHERE message_id = ANY(names));
    INSERT INTO mail_names SELECT DISTINCT name, about FROM unnest(names) AS name ON CONFLICT DO NOTHING;
    IF thread IS NULL THEN
        thread := about;
        INSERT INTO mail_thread (id, newest_mail_id) VALUES (about, about);
    END IF;
    INSERT INTO mail_in_thread VALUES (about, thread);
    SELECT count(*) INTO waiting FROM mail_in_thread JOIN mail_triage USING (mail_id)
        WHERE thread_id = thread AND mail_id <> about AND NOT coalesce((result->>'automatic')::boolean, false)
            AND mail_triage.at > coalesce((SELECT answered_at FROM mail_thread WHERE id = thread), '-infinity');
END $$;

COMMENT ON COLUMN mail_thread.answered_at IS 'what was read by then is answered';
SELECT refresh_mail_thread(id) FROM mail_thread;
