-- Which deputies a reminder or an escalation is for, and for whom each stands in. Persons by number: whoever is erased is named no longer.

ALTER TABLE approval_notice
    ADD COLUMN deputies bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN absent bigint[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT approval_notice_deputies CHECK (cardinality(deputies) = cardinality(absent) AND cardinality(deputies) <= 1000);
COMMENT ON COLUMN approval_notice.absent IS 'for whom each of the deputies stands in, in the same order';

CREATE OR REPLACE FUNCTION audit_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit(CASE NEW.kind WHEN 'reminder' THEN 'approval.reminded' WHEN 'escalation' THEN 'approval.escalated'
        ELSE 'approval.expired' END, 'proposal:' || NEW.proposal_id, to_jsonb(NEW) || jsonb_build_object('standing_in', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('deputy', deputy.handle, 'absent', person.handle) ORDER BY place), '[]')
            FROM unnest(NEW.deputies, NEW.absent) WITH ORDINALITY AS pair (deputy_id, absent_id, place)
            JOIN person AS deputy ON deputy.id = deputy_id JOIN person ON person.id = absent_id)), NULL);
    RETURN NULL;
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT INSERT (deputies, absent) ON approval_notice TO expediter_worker;
