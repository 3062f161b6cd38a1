-- Notifications that leave the product. A delivery is one message to one person; it is in the queue until it
-- has an outcome.
CREATE TABLE scheduling.delivery (
	id uuid CONSTRAINT delivery_id PRIMARY KEY DEFAULT gen_random_uuid(), -- also of its Message-ID
	person_id uuid NOT NULL,
	channel text NOT NULL CONSTRAINT delivery_channel CHECK (channel IN ('mail', 'slack', 'teams')),
	content text NOT NULL CONSTRAINT delivery_content
		CHECK (content IN ('notification', 'digest', 'invitation')),
	notifications uuid[] NOT NULL DEFAULT '{}',
	session_id uuid,           -- of an invitation
	attempts int NOT NULL DEFAULT 0,
	next_attempt_at timestamptz, -- also the end of the lease of whoever sends it now
	give_up_at timestamptz NOT NULL DEFAULT common.now() + interval '3 days',
	outcome text CONSTRAINT delivery_outcome CHECK (outcome IN ('sent', 'dead', 'dropped')),
	last_error text CONSTRAINT delivery_error CHECK (last_error ~ '^[a-z_]+$'),
	ended_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT delivery_about CHECK ((content = 'invitation') = (session_id IS NOT NULL)),
	CONSTRAINT delivery_over CHECK ((outcome IS NULL) = (next_attempt_at IS NOT NULL)
		AND (outcome IS NULL) = (ended_at IS NULL))
);
CREATE INDEX delivery_due ON scheduling.delivery (channel, next_attempt_at) WHERE outcome IS NULL;
CREATE INDEX delivery_newest ON scheduling.delivery (created_at DESC, id DESC);
CREATE INDEX delivery_person ON scheduling.delivery (person_id, created_at DESC, id DESC);
-- What is not yet being sent may still gain notifications, and an invitation shows the session as it then is.
CREATE UNIQUE INDEX delivery_digest ON scheduling.delivery (person_id, channel, next_attempt_at)
	WHERE content = 'digest' AND attempts = 0 AND outcome IS NULL;
CREATE UNIQUE INDEX delivery_invitation ON scheduling.delivery (person_id, session_id)
	WHERE content = 'invitation' AND attempts = 0 AND outcome IS NULL;
COMMENT ON TABLE scheduling.delivery IS 'unaudited: a log already';

-- Whether this installation has a mail server: the job `mail` says so.
CREATE TABLE scheduling.channel (
	channel text CONSTRAINT channel_name PRIMARY KEY,
	open boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE scheduling.channel IS 'unaudited: follows the settings of the process';

-- How a person wants to be told. Who has no row has the defaults. kinds: [{kind, channel, delivery}], what
-- differs for a kind of notification.
CREATE TABLE scheduling.preference (
	person_id uuid CONSTRAINT preference_person PRIMARY KEY,
	locale text,               -- null: the organisation's
	mail text NOT NULL DEFAULT 'at_once' CONSTRAINT preference_mail
		CHECK (mail IN ('at_once', 'daily', 'weekly', 'off')),
	invitations boolean NOT NULL DEFAULT true, -- sessions come as invitations to the calendar
	kinds json NOT NULL DEFAULT '[]',
	quiet_starts time,         -- null: the organisation's
	quiet_ends time CONSTRAINT preference_quiet CHECK ((quiet_starts IS NULL) = (quiet_ends IS NULL)),
	working_hours boolean NOT NULL DEFAULT false, -- only within the person's weekly hours
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);

GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.delivery TO upward_scheduling;
GRANT SELECT, INSERT, UPDATE ON scheduling.channel TO upward_scheduling;
GRANT SELECT, INSERT, UPDATE ON scheduling.preference TO upward_scheduling;
