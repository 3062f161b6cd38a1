-- What a programme costs, for the report that compares it with training. In whole units of the currency.
CREATE TABLE evaluation.programme_cost (
	programme_id uuid CONSTRAINT programme_cost_once PRIMARY KEY,
	currency text NOT NULL CONSTRAINT programme_cost_currency CHECK (currency ~ '^[A-Z]{3}$'),
	budget bigint NOT NULL CONSTRAINT programme_cost_budget CHECK (budget >= 0),
	hour_cost int NOT NULL CONSTRAINT programme_cost_hour CHECK (hour_cost >= 0),     -- of one person
	training_cost int CONSTRAINT programme_cost_training CHECK (training_cost >= 0),  -- of one person
	version bigint NOT NULL DEFAULT 1
);
GRANT SELECT, INSERT, UPDATE ON evaluation.programme_cost TO upward_evaluation;
