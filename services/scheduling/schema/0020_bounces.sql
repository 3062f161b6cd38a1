-- Mails that came back, and the mailboxes to which none is sent because too many did.
ALTER TABLE scheduling.delivery DROP CONSTRAINT delivery_outcome;
ALTER TABLE scheduling.delivery ADD CONSTRAINT delivery_outcome
	CHECK (outcome IN ('sent', 'dead', 'dropped', 'bounced')) NOT VALID;
ALTER TABLE scheduling.delivery ADD COLUMN bounced_at timestamptz;
ALTER TABLE scheduling.delivery ADD COLUMN bounce_status text -- RFC 3463, of the last notification
	CONSTRAINT delivery_bounce CHECK (bounce_status ~ '^[45]([.][0-9]{1,3}){2}$');
CREATE INDEX delivery_bounced ON scheduling.delivery (person_id, bounced_at) WHERE outcome = 'bounced';

CREATE TABLE scheduling.held_mailbox (
	person_id uuid CONSTRAINT held_mailbox_person PRIMARY KEY,
	address text NOT NULL,     -- no other address of the person is held
	status text NOT NULL,      -- what the mail server said last: RFC 3463
	held_at timestamptz,       -- null: released
	released_at timestamptz,   -- what came back before that counts no more
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX held_mailbox_since ON scheduling.held_mailbox (held_at, person_id) WHERE held_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.held_mailbox TO upward_scheduling;
