-- What carriers, or people who talked to them, said of a shipment. It is never changed: a later word stands beside an earlier one.

CREATE TABLE carrier_report (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tracking text NOT NULL CHECK (length(tracking) BETWEEN 4 AND 64),
    status text NOT NULL CHECK (status IN ('registered', 'in_transit', 'out_for_delivery', 'awaiting_pickup', 'delivered',
        'attempt_failed', 'exception', 'returned', 'cancelled', 'unknown')),
    eta timestamptz,
    said text NOT NULL CHECK (length(said) <= 1000),
    occurred_at timestamptz NOT NULL,
    reported_by integer NOT NULL REFERENCES person,
    reported_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX carrier_report_latest ON carrier_report (tracking, occurred_at DESC, id DESC);

GRANT SELECT, INSERT (tracking, status, eta, said, occurred_at, reported_by) ON carrier_report TO expediter_serve;
GRANT SELECT ON carrier_report TO expediter_worker;

-- That a job was given up, and why, is the worker's to watch in every queue; what the executor's jobs say is not.
CREATE VIEW given_up AS SELECT id, task_name, reason, at FROM dead_letter;
GRANT SELECT ON given_up TO expediter_worker;
