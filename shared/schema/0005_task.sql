-- What waits for whom, as api/tasks.yaml says it; upward-migrate replaces the rows. The services' views `task` name
-- a kind and nothing else of it: whom it waits for, what it is about, days and words stand here.
CREATE TABLE common.task_kind (
	kind text CONSTRAINT task_kind_name PRIMARY KEY,
	owner text NOT NULL,
	waits_for text NOT NULL,        -- person, mentee, mentor, pair, programme
	noun text NOT NULL,             -- what it is about
	action text NOT NULL,           -- the operation that does it, as `can` names it
	part text,                      -- path of what is begun already, below the object,
	part_action text,               -- and the action then
	reminders int[] NOT NULL,       -- days
	last_day boolean NOT NULL,      -- once more within a day of its end
	event text,                     -- by which its owner tells of it, once a person
	segment text,                   -- of messages
	work text,                      -- row of the work list; null: none
	work_days int,                  -- how long it waits before that
	work_can text[],                -- operations that help a coordinator
	work_remind text,               -- the segment that reminds
	work_of text,                   -- whom the row names
	discreet boolean NOT NULL,      -- not for who takes part in the pair, or stands above one of the two
	shown boolean NOT NULL,         -- on one's own dashboard
	confidential boolean NOT NULL,  -- there alone
	text text NOT NULL,
	place int NOT NULL,             -- order in the catalogue
	CONSTRAINT task_kind_confidential CHECK (NOT confidential OR num_nonnulls(work, segment) = 0)
);

-- The segments of messages, and how a reminder of each is called.
CREATE TABLE common.segment (
	segment text CONSTRAINT segment_name PRIMARY KEY,
	reminder text NOT NULL,
	discreet boolean NOT NULL,
	place int NOT NULL
);
GRANT SELECT ON common.task_kind, common.segment
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
