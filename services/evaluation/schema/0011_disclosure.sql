-- Break-glass: what one of a pair wrote in confidence is read by somebody else, for a reason, after two
-- others have agreed, for an hour. The author is told when it is over.
CREATE TABLE evaluation.disclosure (
	id uuid CONSTRAINT disclosure_id PRIMARY KEY,
	what text NOT NULL CONSTRAINT disclosure_what CHECK (what IN ('feedback', 'help_request', 'survey')),
	pair_id uuid NOT NULL,
	programme_id uuid NOT NULL,
	author_id uuid NOT NULL,                 -- whose words
	partner_id uuid NOT NULL,
	reason text NOT NULL CONSTRAINT disclosure_reason_some CHECK (reason <> ''),
	requested_by uuid NOT NULL,
	first_approver uuid,
	second_approver uuid,
	opened_at timestamptz,
	readings int NOT NULL DEFAULT 0,
	status text NOT NULL,
	step text NOT NULL DEFAULT 'request',
	came_from text,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT disclosure_three_people CHECK (requested_by NOT IN (author_id, partner_id)
		AND first_approver NOT IN (requested_by, author_id, partner_id)
		AND second_approver NOT IN (first_approver, requested_by, author_id, partner_id)),
	CONSTRAINT disclosure_opened CHECK ((opened_at IS NOT NULL) = (status IN ('open', 'closed'))
		AND (opened_at IS NULL OR num_nonnulls(first_approver, second_approver) = 2))
);
CREATE INDEX disclosure_open ON evaluation.disclosure (requested_by) WHERE status = 'open';
CREATE INDEX disclosure_author ON evaluation.disclosure (author_id);
CREATE INDEX disclosure_waiting ON evaluation.disclosure (created_at)
	WHERE status IN ('requested', 'half_approved', 'open');
SELECT common.attach_lifecycle('evaluation.disclosure', 'disclosure');
GRANT SELECT, INSERT, UPDATE (step, first_approver, second_approver, opened_at, readings)
	ON evaluation.disclosure TO upward_evaluation;

-- Whoever asked reads the rows in the hour after the second approval, whatever a statement says; nobody else.
CREATE POLICY feedback_disclosed ON evaluation.feedback FOR SELECT TO upward_evaluation
	USING (EXISTS (SELECT FROM evaluation.disclosure d
		WHERE d.requested_by = nullif(current_setting('app.actor', true), '')::uuid AND d.status = 'open'
			AND d.opened_at > common.now() - interval '1 hour' AND d.what = 'feedback'
			AND d.pair_id = feedback.pair_id AND d.author_id = feedback.author_id));
CREATE POLICY help_request_disclosed ON evaluation.help_request FOR SELECT TO upward_evaluation
	USING (EXISTS (SELECT FROM evaluation.disclosure d
		WHERE d.requested_by = nullif(current_setting('app.actor', true), '')::uuid AND d.status = 'open'
			AND d.opened_at > common.now() - interval '1 hour' AND d.what = 'help_request'
			AND d.pair_id = help_request.pair_id AND d.author_id = help_request.author_id));
CREATE POLICY response_disclosed ON evaluation.response FOR SELECT TO upward_evaluation
	USING (EXISTS (SELECT FROM evaluation.disclosure d
		WHERE d.requested_by = nullif(current_setting('app.actor', true), '')::uuid AND d.status = 'open'
			AND d.opened_at > common.now() - interval '1 hour' AND d.what = 'survey'
			AND d.programme_id = response.programme_id AND d.author_id = response.person_id));
