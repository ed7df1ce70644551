-- What the last scan says, row by row, and the life of each finding. The worker publishes scans, serve records what people say, and
-- what happened to a finding is only ever added: how it stands is a view over that. Codes as in 0004.

DROP TABLE risk_scan;
DROP FUNCTION keep_latest_scans();

CREATE TABLE scan (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('full', 'incremental')),
    began_at timestamptz NOT NULL,
    as_of timestamptz NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    open_orders integer NOT NULL CHECK (open_orders >= 0),
    at_risk integer NOT NULL CHECK (at_risk >= 0),
    calls integer NOT NULL CHECK (calls >= 0),
    not_seen text[] NOT NULL,
    missed text[] NOT NULL
);
CREATE INDEX scan_full ON scan (id) WHERE kind = 'full';

-- What two scans that publish at once take turns for. Not an advisory lock: those are open to every role.
CREATE TABLE scan_turn (one boolean PRIMARY KEY DEFAULT true CHECK (one));
INSERT INTO scan_turn DEFAULT VALUES;

CREATE TABLE board_warehouse (
    id bigint PRIMARY KEY,
    code text NOT NULL,
    name text NOT NULL
);

-- Names are not unique: two companies of one Odoo may number their orders alike.
CREATE TABLE order_risk (
    order_id bigint PRIMARY KEY,
    name text NOT NULL,
    customer text NOT NULL,
    warehouse_id bigint,
    score numeric NOT NULL,
    value numeric NOT NULL,
    currency text NOT NULL,
    promise_date timestamptz,
    body jsonb NOT NULL,
    sha256 text NOT NULL,
    scan_id bigint NOT NULL REFERENCES scan
);
CREATE INDEX order_risk_ranked ON order_risk (score DESC, value DESC, name);
CREATE INDEX order_risk_name ON order_risk (name);

CREATE TABLE finding (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fingerprint text NOT NULL UNIQUE,
    kind text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    subject_model text NOT NULL,
    subject_id bigint NOT NULL,
    subject_name text NOT NULL,
    order_id bigint,
    order_name text,
    warehouse_id bigint,
    value numeric,
    currency text,
    summary text NOT NULL,
    body jsonb NOT NULL,
    sha256 text NOT NULL,
    scan_id bigint NOT NULL REFERENCES scan,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    raised_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    worsened_at timestamptz,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    resolved_at timestamptz
);
CREATE INDEX finding_unresolved ON finding (kind) WHERE resolved_at IS NULL;
CREATE INDEX finding_order ON finding (order_id);
CREATE INDEX finding_subject ON finding (subject_model, subject_id);
CREATE INDEX finding_changed ON finding (changed_at);

-- The orders a finding endangered, and what was promised when it first did.
CREATE TABLE finding_endangers (
    finding_id bigint NOT NULL REFERENCES finding,
    order_id bigint NOT NULL,
    order_name text NOT NULL,
    promise_date timestamptz,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (finding_id, order_id)
);
CREATE INDEX finding_endangers_order ON finding_endangers (order_id);

CREATE TABLE finding_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    finding_id bigint NOT NULL REFERENCES finding,
    kind text NOT NULL,
    scan_id bigint REFERENCES scan,
    person_id bigint REFERENCES person,
    severity text NOT NULL,
    summary text,
    until timestamptz,
    owner_id bigint REFERENCES person,
    reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT finding_event_by_scan_or_person CHECK (CASE
        WHEN kind IN ('opened', 'updated', 'escalated', 'eased', 'resolved', 'reopened')
            THEN scan_id IS NOT NULL AND person_id IS NULL AND summary IS NOT NULL
        WHEN kind IN ('acknowledged', 'snoozed', 'unsnoozed', 'assigned', 'commented', 'marked_true', 'marked_false')
            THEN scan_id IS NULL AND person_id IS NOT NULL AND summary IS NULL
        ELSE false
    END),
    CONSTRAINT finding_event_says_enough CHECK (
        (kind = 'snoozed') = (until IS NOT NULL) AND (kind = 'assigned') = (owner_id IS NOT NULL)
        AND (kind NOT IN ('commented', 'marked_true', 'marked_false') OR reason ~ '\S'))
);
CREATE INDEX finding_event_history ON finding_event (finding_id, id);
CREATE INDEX finding_event_people ON finding_event (finding_id, id) WHERE person_id IS NOT NULL;

-- A person's word counts for what they were shown: it waits for a scan that is being published, and is refused when that made the
-- finding graver or less grave.
CREATE FUNCTION check_finding_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    about finding;
BEGIN
    SELECT * INTO about FROM finding WHERE id = NEW.finding_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no finding F%.', NEW.finding_id USING ERRCODE = 'EX110';
    ELSIF NOT EXISTS (SELECT FROM person WHERE id = NEW.person_id AND active) THEN
        RAISE EXCEPTION 'Only an active person can say something about F%.', NEW.finding_id USING ERRCODE = 'EX320';
    ELSIF about.severity <> NEW.severity THEN
        RAISE EXCEPTION 'F% is % by now, not % as you were shown; look at it again.', NEW.finding_id, about.severity, NEW.severity
            USING ERRCODE = 'EX220';
    ELSIF about.resolved_at IS NOT NULL AND NEW.kind IN ('acknowledged', 'snoozed', 'unsnoozed', 'assigned') THEN
        RAISE EXCEPTION 'F% is over since %; there is nothing left to take on or put off.', NEW.finding_id,
            to_char(about.resolved_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') USING ERRCODE = 'EX111';
    ELSIF NEW.until <= clock_timestamp() OR NEW.until > clock_timestamp() + interval '1 year' THEN
        RAISE EXCEPTION 'A finding is snoozed until some time within the next year.' USING ERRCODE = 'EX112';
    ELSIF NEW.owner_id IS NOT NULL AND NOT EXISTS (SELECT FROM person WHERE id = NEW.owner_id AND active) THEN
        RAISE EXCEPTION 'Only an active person can own F%.', NEW.finding_id USING ERRCODE = 'EX113';
    END IF;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER check_finding_event BEFORE INSERT ON finding_event FOR EACH ROW
    WHEN (NEW.person_id IS NOT NULL) EXECUTE FUNCTION check_finding_event();

CREATE FUNCTION audit_finding_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('finding.' || NEW.kind, 'finding:' || NEW.finding_id, jsonb_strip_nulls(jsonb_build_object(
        'finding', (SELECT fingerprint FROM finding WHERE id = NEW.finding_id), 'severity', NEW.severity, 'until', NEW.until,
        'owner', (SELECT handle FROM person WHERE id = NEW.owner_id), 'reason', NEW.reason)), NEW.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_finding_event AFTER INSERT ON finding_event FOR EACH ROW
    WHEN (NEW.person_id IS NOT NULL) EXECUTE FUNCTION audit_finding_event();

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What happened to findings is only added to: % on % is refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'EX321';
END $$;
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON finding_event EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON finding_endangers EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON scan EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER refuse_rewriting BEFORE DELETE OR TRUNCATE ON finding EXECUTE FUNCTION refuse_rewriting();

-- What people last said of each finding that somebody said something of.
CREATE VIEW finding_said AS
SELECT finding_id,
    max(at) FILTER (WHERE kind = 'acknowledged') AS acknowledged_at,
    (array_agg(person_id ORDER BY id DESC) FILTER (WHERE kind = 'acknowledged'))[1] AS acknowledged_by,
    max(at) FILTER (WHERE kind IN ('snoozed', 'unsnoozed')) AS snoozed_at,
    (array_agg(until ORDER BY id DESC) FILTER (WHERE kind IN ('snoozed', 'unsnoozed')))[1] AS snoozed_until,
    (array_agg(owner_id ORDER BY id DESC) FILTER (WHERE kind = 'assigned'))[1] AS owner_id,
    max(at) FILTER (WHERE kind IN ('marked_true', 'marked_false')) AS marked_at,
    (array_agg(kind ORDER BY id DESC) FILTER (WHERE kind IN ('marked_true', 'marked_false')))[1] AS mark,
    (array_agg(person_id ORDER BY id DESC) FILTER (WHERE kind IN ('marked_true', 'marked_false')))[1] AS marked_by
FROM finding_event WHERE person_id IS NOT NULL GROUP BY finding_id;

-- Getting graver ends what was said before; so does coming back, except for a snooze, which was for a time.
CREATE VIEW known_finding AS
SELECT finding.*,
    CASE
        WHEN resolved_at IS NOT NULL THEN 'resolved'
        WHEN mark = 'marked_false' AND marked_at > greatest(raised_at, worsened_at) THEN 'false_alarm'
        WHEN snoozed_until > now() AND snoozed_at > coalesce(worsened_at, '-infinity') THEN 'snoozed'
        WHEN acknowledged_at > greatest(raised_at, worsened_at) THEN 'acknowledged'
        ELSE 'open'
    END AS state,
    CASE WHEN acknowledged_at > greatest(raised_at, worsened_at) THEN acknowledged_by END AS acknowledged_by,
    CASE WHEN snoozed_until > now() AND snoozed_at > coalesce(worsened_at, '-infinity') THEN snoozed_until END AS snoozed_until,
    owner_id, mark, marked_by
FROM finding LEFT JOIN finding_said ON finding_said.finding_id = finding.id;

GRANT SELECT ON scan, order_risk, board_warehouse, finding, finding_endangers, finding_event, finding_said, known_finding
    TO expediter_serve, expediter_worker;
GRANT SELECT, UPDATE ON scan_turn TO expediter_worker;
GRANT INSERT (kind, began_at, as_of, open_orders, at_risk, calls, not_seen, missed) ON scan TO expediter_worker;
GRANT INSERT, UPDATE ON board_warehouse TO expediter_worker;
GRANT INSERT, UPDATE, DELETE ON order_risk TO expediter_worker;
GRANT INSERT (fingerprint, kind, severity, subject_model, subject_id, subject_name, order_id, order_name, warehouse_id, value, currency,
    summary, body, sha256, scan_id) ON finding TO expediter_worker;
GRANT UPDATE (severity, subject_name, order_name, warehouse_id, value, currency, summary, body, sha256, scan_id, raised_at, worsened_at,
    changed_at, resolved_at) ON finding TO expediter_worker;
GRANT INSERT (finding_id, order_id, order_name, promise_date) ON finding_endangers TO expediter_worker;
-- By these columns and the table's check, neither can say what the other says.
GRANT INSERT (finding_id, kind, scan_id, severity, summary) ON finding_event TO expediter_worker;
GRANT INSERT (finding_id, kind, person_id, severity, until, owner_id, reason) ON finding_event TO expediter_serve;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
