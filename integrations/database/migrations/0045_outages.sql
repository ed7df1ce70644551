-- What did not answer for a while, and until when: people are told once, and told of the end by whoever runs then.

CREATE TABLE outage (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    part text NOT NULL CHECK (part IN ('erp', 'model')),
    since timestamptz NOT NULL,
    over_at timestamptz CHECK (over_at >= since)
);
CREATE UNIQUE INDEX outage_one_open_each ON outage (part) WHERE over_at IS NULL;

GRANT SELECT, INSERT (part, since), UPDATE (over_at) ON outage TO expediter_worker;
