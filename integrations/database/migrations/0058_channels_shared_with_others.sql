-- Channels of ours that another company can read: nothing is posted there, and somebody is told once for as long as it lasts.

CREATE TABLE slack_shared_channel (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel text NOT NULL CHECK (length(channel) BETWEEN 1 AND 300),
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz
);
CREATE UNIQUE INDEX slack_shared_channel_once ON slack_shared_channel (channel) WHERE ended_at IS NULL;

GRANT SELECT, INSERT (channel), UPDATE (ended_at) ON slack_shared_channel TO expediter_worker;
