-- Which worker has an import: a claim by another ends the lease, whatever the clock says.
ALTER TABLE profiles.import ADD leased_by uuid;

-- What is waiting for confirmation, oldest first: it expires.
CREATE INDEX import_unconfirmed ON profiles.import (updated_at) WHERE status = 'checked';
