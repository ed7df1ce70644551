-- Whether a change waits already is asked each time one is proposed; looking through all that wait took longer the more there were.

CREATE INDEX proposal_sha256 ON proposal (sha256);
