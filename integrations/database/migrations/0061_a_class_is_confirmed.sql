-- Of a mail that triage left to a person, the first word on its class counts also where it is what triage said: it is a lesson like any other.
CREATE OR REPLACE FUNCTION check_mail_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    about mail_thread;
    made mail_triage;
    known known_mail;
BEGIN
    SELECT mail_thread.* INTO about FROM mail_thread JOIN mail_in_thread ON thread_id = mail_thread.id
        WHERE mail_id = NEW.mail_id FOR NO KEY UPDATE OF mail_thread;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'M% was not read yet; look again when it was.', NEW.mail_id USING ERRCODE = 'EX110';
    END IF;
    NEW.at := clock_timestamp();
    IF NEW.kind = 'linked' THEN
        SELECT person_id INTO NEW.person_id FROM inbound WHERE id = NEW.inbound_id AND kind = 'mail_link'
            AND (text::jsonb->>'mail')::bigint = NEW.mail_id;
    END IF;
    IF NEW.person_id IS NULL THEN
        RETURN NEW;  -- the table's check says which kinds nobody says
    END IF;
    SELECT * INTO made FROM mail_triage WHERE mail_id = NEW.mail_id;
    SELECT * INTO known FROM known_mail WHERE mail_id = NEW.mail_id;
    IF NOT EXISTS (SELECT FROM person WHERE id = NEW.person_id AND active) THEN
        RAISE EXCEPTION 'Only an active person can say something about M%.', NEW.mail_id USING ERRCODE = 'EX320';
    ELSIF NEW.seen <> about.last_event THEN
        RAISE EXCEPTION 'Somebody has worked on M% since you saw it; look at it again.', NEW.mail_id USING ERRCODE = 'EX202';
    ELSIF NEW.kind = 'corrected' AND coalesce(NEW.mail_class, known.mail_class) = known.mail_class
        AND coalesce(NEW.priority, known.priority) = known.priority
        AND NOT (NEW.mail_class IS NOT NULL AND made.needs_person
            AND NOT EXISTS (SELECT FROM mail_event WHERE mail_id = NEW.mail_id AND mail_class IS NOT NULL)) THEN
        RAISE EXCEPTION 'M% is called % of % already.', NEW.mail_id, known.mail_class, known.priority USING ERRCODE = 'EX111';
    ELSIF NEW.kind = 'linked' AND mail_is_suspicious(made.result) THEN
        RAISE EXCEPTION 'M% is suspicious; such a mail is linked to nothing, by nobody. Enter what is right in the ERP itself.', NEW.mail_id
            USING ERRCODE = 'EX112';
    ELSIF NEW.owner_id IS NOT NULL AND NOT EXISTS (SELECT FROM person WHERE id = NEW.owner_id AND active) THEN
        RAISE EXCEPTION 'Only an active person can take care of M%.', NEW.mail_id USING ERRCODE = 'EX113';
    ELSIF NEW.kind IN ('done', 'taken', 'answered') AND about.done_at IS NOT NULL THEN
        RAISE EXCEPTION 'M% is done since %; reopen it first.', NEW.mail_id,
            to_char(about.done_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') USING ERRCODE = 'EX221';
    ELSIF NEW.kind = 'reopened' AND about.done_at IS NULL THEN
        RAISE EXCEPTION 'M% is open already.', NEW.mail_id USING ERRCODE = 'EX222';
    END IF;
    RETURN NEW;
END $$;
