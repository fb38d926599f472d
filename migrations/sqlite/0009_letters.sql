-- A dead letter of the inbox may be settled by a person, as one of the outbox.
ALTER TABLE inbox ADD COLUMN looked_into_at INTEGER;
