-- Statements of batches of enrolments.

-- enrolment_batch_create: each row is judged by itself.
SELECT enrol_batch(:id, :programme_id, :actor, :roles, :body);

-- enrolment_batch_read: what became of the rows of a batch.
SELECT enrolment_batch_json(b) AS body, 1 AS version FROM enrolment_batch b
WHERE b.id = :enrolment_batch_id AND coordinates(b.programme_id, :actor, :roles);

-- enrolment_batch_tidy(): forgets batches that no key remembers any more.
DELETE FROM enrolment_batch b WHERE b.created_at < common.now() - interval '48 hours' RETURNING b.id;
