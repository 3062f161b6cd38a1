-- What people offer to teach and want to learn, for colleagues to find. A listing is open until its last day,
-- while its author is in the company.
CREATE TABLE profiles.listing (
	id uuid CONSTRAINT listing_id PRIMARY KEY,
	person_id uuid NOT NULL CONSTRAINT listing_person REFERENCES profiles.person (id),
	kind text NOT NULL CONSTRAINT listing_kind CHECK (kind IN ('teach', 'learn')),
	skill_id uuid CONSTRAINT listing_skill REFERENCES profiles.skill (id),
	title text NOT NULL CONSTRAINT listing_title_some CHECK (title <> ''),
	description text,
	open_until date NOT NULL,
	find text NOT NULL GENERATED ALWAYS AS (common.words(title || ' ' || coalesce(description, ''))) STORED,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX listing_newest ON profiles.listing (created_at DESC, id DESC);
CREATE INDEX listing_changed ON profiles.listing (updated_at);
CREATE INDEX listing_of_person ON profiles.listing (person_id, created_at DESC, id DESC);
CREATE INDEX listing_by_skill ON profiles.listing (skill_id) WHERE skill_id IS NOT NULL;
CREATE INDEX listing_find ON profiles.listing USING gin (find extensions.gin_trgm_ops);

-- An answer to a listing, for its author alone.
CREATE TABLE profiles.listing_reply (
	id uuid CONSTRAINT listing_reply_id PRIMARY KEY,
	listing_id uuid NOT NULL CONSTRAINT listing_reply_listing
		REFERENCES profiles.listing (id) ON DELETE CASCADE,
	person_id uuid NOT NULL CONSTRAINT listing_reply_person REFERENCES profiles.person (id),
	message text,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT listing_reply_once UNIQUE (listing_id, person_id)
);
CREATE INDEX listing_reply_of_person ON profiles.listing_reply (person_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON profiles.listing TO upward_profiles;
GRANT SELECT, INSERT ON profiles.listing_reply TO upward_profiles;
