-- What a pair tells others, with the consent of both, after a coordinator has read it.
CREATE TABLE evaluation.story (
	id uuid CONSTRAINT story_id PRIMARY KEY,
	programme_id uuid NOT NULL,
	pair_id uuid NOT NULL,
	kind text NOT NULL CONSTRAINT story_kind CHECK (kind IN ('success', 'joint_post')),
	title text NOT NULL CONSTRAINT story_title_some CHECK (title <> ''),
	body text NOT NULL CONSTRAINT story_body_some CHECK (body <> ''),
	in_feed boolean NOT NULL,        -- also for readers without a token, in the Atom feed
	written_by uuid NOT NULL,        -- the author of the current text: the other member consents
	consented_by uuid,
	note text,                       -- why a coordinator has returned it
	published_at timestamptz,
	status text NOT NULL,
	step text NOT NULL DEFAULT 'proposal',
	came_from text,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT story_two_consents CHECK (status NOT IN ('agreed', 'published')
		OR consented_by IS NOT NULL AND consented_by <> written_by),
	CONSTRAINT story_published CHECK (status <> 'published' OR published_at IS NOT NULL)
);
CREATE INDEX story_newest ON evaluation.story (created_at DESC, id DESC);
CREATE INDEX story_by_pair ON evaluation.story (pair_id);
CREATE INDEX story_feed ON evaluation.story (published_at DESC, id) WHERE status = 'published' AND in_feed;
SELECT common.attach_lifecycle('evaluation.story', 'story');
GRANT SELECT, INSERT, UPDATE (step, title, body, in_feed, written_by, consented_by, note, published_at)
	ON evaluation.story TO upward_evaluation;
