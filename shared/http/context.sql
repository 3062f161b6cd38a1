-- call_context(actor text, delegate text, operation text, request_id text, if_match text): who does what in
-- this transaction, and who does it for them, for audit triggers and row security, and which version of which
-- object it may change. Local to the transaction: gone after its Sync.
SELECT set_config('app.actor', coalesce(:actor, ''), true),
	set_config('app.delegate', coalesce(:delegate, ''), true),
	set_config('app.operation', :operation, true),
	set_config('app.request_id', :request_id, true),
	set_config('app.if_match', coalesce(:if_match, ''), true);
