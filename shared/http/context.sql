-- call_context(actor text, operation text, request_id text): who does what in this transaction, for
-- audit triggers and row security. Local to the transaction: gone after its Sync.
SELECT set_config('app.actor', coalesce(:actor, ''), true),
	set_config('app.operation', :operation, true),
	set_config('app.request_id', :request_id, true);
