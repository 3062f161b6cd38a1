-- Which delegate took the step for the actor.
ALTER TABLE scheduling.session_history
	ADD delegate uuid DEFAULT nullif(current_setting('app.delegate', true), '')::uuid;
-- Whose session it is, if the person is notified as a delegate.
ALTER TABLE scheduling.notification ADD on_behalf_of uuid;
