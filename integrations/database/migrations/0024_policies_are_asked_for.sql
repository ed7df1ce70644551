-- Putting a policy in force can be asked for. The worker makes the proposal, as of what was asked in words.

ALTER TABLE inbound DROP CONSTRAINT inbound_kind_check;
ALTER TABLE inbound ADD CONSTRAINT inbound_kind_check CHECK (kind IN ('chat', 'undo', 'propose', 'edit', 'policy'));
