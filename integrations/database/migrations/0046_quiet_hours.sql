-- When a person is not written to. Nothing that decides depends on it, so it is a setting and may change.

CREATE TABLE quiet_hours (
    person_id bigint PRIMARY KEY REFERENCES person,
    begins time NOT NULL,
    ends time NOT NULL CHECK (ends <> begins),
    zone text NOT NULL CHECK (length(zone) BETWEEN 1 AND 60)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON quiet_hours TO expediter_serve;
GRANT SELECT ON quiet_hours TO expediter_worker;
