-- Chat channels that take messages at a secret address (Slack, Teams): of a person, or shared by those who
-- run a programme.
CREATE TABLE scheduling.chat (
	id uuid CONSTRAINT chat_id PRIMARY KEY,
	person_id uuid,
	programme_id uuid,
	channel text NOT NULL CONSTRAINT chat_channel CHECK (channel IN ('slack', 'teams')),
	url text NOT NULL,         -- whoever has it can post there; shown to nobody
	closed_at timestamptz,     -- since the server said that there is no such channel any more
	last_sent_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT chat_whose CHECK (num_nonnulls(person_id, programme_id) = 1),
	CONSTRAINT chat_person UNIQUE (person_id, channel),
	CONSTRAINT chat_programme UNIQUE (programme_id, channel)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.chat TO upward_scheduling;

-- A message to a programme's channel has no person, and says by its kind what it is about.
ALTER TABLE scheduling.delivery ALTER COLUMN person_id DROP NOT NULL;
ALTER TABLE scheduling.delivery ADD COLUMN programme_id uuid;
ALTER TABLE scheduling.delivery ADD COLUMN kind text;
ALTER TABLE scheduling.delivery ADD COLUMN object_id uuid;
ALTER TABLE scheduling.delivery ADD CONSTRAINT delivery_to
	CHECK (num_nonnulls(person_id, programme_id) = 1) NOT VALID;
ALTER TABLE scheduling.preference ADD COLUMN chat text NOT NULL DEFAULT 'at_once'
	CONSTRAINT preference_chat CHECK (chat IN ('at_once', 'daily', 'weekly', 'off'));
