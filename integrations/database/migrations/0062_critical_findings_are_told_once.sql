-- Which findings the operations channel was told of as critical, so that a worker that starts anew tells none of them again.

CREATE TABLE critical_told (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    finding_id bigint NOT NULL REFERENCES finding,
    told_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX critical_told_finding ON critical_told (finding_id, told_at);
CREATE INDEX finding_event_became_critical ON finding_event (at)
    WHERE severity = 'critical' AND kind IN ('opened', 'reopened', 'escalated');

GRANT SELECT, INSERT (finding_id) ON critical_told TO expediter_worker;
