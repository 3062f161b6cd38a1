-- call_context(actor text, operation text, request_id text, if_match text): who does what in this
-- transaction, for audit triggers and row security, and which version of which object it may change.
-- Local to the transaction: gone after its Sync.
SELECT set_config('app.actor', coalesce(:actor, ''), true),
	set_config('app.operation', :operation, true),
	set_config('app.request_id', :request_id, true),
	set_config('app.if_match', coalesce(:if_match, ''), true);
