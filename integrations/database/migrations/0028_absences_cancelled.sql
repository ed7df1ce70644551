-- An absence that should never have been noted. Ending one says that the person is back, and what the deputy decided until then stays
-- good; cancelling says that nobody stood in at any time, and what still waits on such a decision is refused when it is carried out.

CREATE TABLE absence_cancel (
    absence_id bigint PRIMARY KEY REFERENCES absence,
    cancelled_by bigint NOT NULL REFERENCES person,
    reason text NOT NULL CONSTRAINT absence_cancel_says_why CHECK (reason ~ '\S' AND length(reason) <= 2000),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE OR REPLACE VIEW absence_valid AS
SELECT absence.id, person_id, deputy_id, starts_at, least(ends_at, absence_end.at) AS ends_at
FROM absence LEFT JOIN absence_end ON absence_end.absence_id = absence.id
WHERE NOT EXISTS (SELECT FROM absence_cancel WHERE absence_cancel.absence_id = absence.id);

CREATE FUNCTION check_absence_cancel() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM absence JOIN person ON person.id = NEW.cancelled_by AND person.active
        WHERE absence.id = NEW.absence_id AND (person.id = absence.person_id OR person.roles && '{admin}')) THEN
        RAISE EXCEPTION 'Only the person concerned or an admin can cancel an absence.' USING ERRCODE = 'EX342';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_absence_cancel BEFORE INSERT ON absence_cancel FOR EACH ROW EXECUTE FUNCTION check_absence_cancel();

CREATE FUNCTION audit_absence_cancel() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    cancelled absence;
BEGIN
    SELECT * INTO cancelled FROM absence WHERE id = NEW.absence_id;
    PERFORM write_audit('absence.cancelled', 'person:' || cancelled.person_id, to_jsonb(NEW) || jsonb_build_object(
        'handle', (SELECT handle FROM person WHERE id = cancelled.person_id),
        'deputy', (SELECT handle FROM person WHERE id = cancelled.deputy_id)), NEW.cancelled_by);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_absence_cancel AFTER INSERT ON absence_cancel FOR EACH ROW EXECUTE FUNCTION audit_absence_cancel();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT SELECT ON absence_cancel TO expediter_serve, expediter_worker, expediter_executor;
GRANT INSERT (absence_id, cancelled_by, reason) ON absence_cancel TO expediter_serve;
