-- How orders ended, and what that says of the findings that had named them (docs/findings-life.md has the formula).

CREATE TABLE order_ending (
    order_id bigint PRIMARY KEY,
    order_name text NOT NULL,
    customer text NOT NULL,
    promise_date timestamptz,
    delivered_at timestamptz,
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX order_ending_delivered ON order_ending (delivered_at);

-- Up to when endings were looked for.
CREATE TABLE settlement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    until timestamptz NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON order_ending EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement EXECUTE FUNCTION refuse_rewriting();

-- A promise is for a day; days are counted in UTC, as the detectors do.
CREATE FUNCTION shipped_late(ending order_ending) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN (ending.delivered_at AT TIME ZONE 'UTC')::date > (ending.promise_date AT TIME ZONE 'UTC')::date;

CREATE VIEW finding_fate AS
SELECT endangers.finding_id, endangers.order_id, endangers.since, endangers.promise_date, ending.delivered_at,
    CASE
        WHEN ending.order_id IS NULL THEN 'open'
        WHEN ending.delivered_at IS NULL OR ending.promise_date IS NULL OR endangers.since > ending.delivered_at THEN 'void'
        WHEN shipped_late(ending) THEN 'true'
        WHEN endangers.promise_date IS DISTINCT FROM ending.promise_date THEN 'averted'
        WHEN EXISTS (
            SELECT FROM finding_event AS event WHERE event.finding_id = endangers.finding_id AND event.person_id IS NOT NULL
                AND event.kind IN ('acknowledged', 'assigned', 'marked_true') AND event.at <= ending.delivered_at) THEN 'averted'
        WHEN EXISTS (
            SELECT FROM proposal JOIN execution ON execution.proposal_id = proposal.id
            JOIN execution_outcome ON execution_outcome.execution_id = execution.id AND outcome = 'done'
            WHERE action <> 'post_note' AND execution.started_at BETWEEN endangers.since AND ending.delivered_at
                AND ((subject_model = 'sale.order' AND proposal.subject_id = endangers.order_id)
                    OR (subject_model, proposal.subject_id) = (SELECT finding.subject_model, finding.subject_id FROM finding
                        WHERE finding.id = endangers.finding_id))) THEN 'averted'
        ELSE 'false'
    END AS fate
FROM finding_endangers AS endangers LEFT JOIN order_ending AS ending ON ending.order_id = endangers.order_id;

GRANT SELECT ON order_ending, settlement, finding_fate TO expediter_serve, expediter_worker;
GRANT INSERT (order_id, order_name, customer, promise_date, delivered_at) ON order_ending TO expediter_worker;
GRANT INSERT (until) ON settlement TO expediter_worker;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shipped_late(order_ending) TO expediter_serve, expediter_worker;
