-- What a message shows besides words, as JSON: what names it in its channel. The content itself stays there.
ALTER TABLE outbox ADD COLUMN attachment TEXT;
ALTER TABLE ticket_message ADD COLUMN attachment TEXT;

-- Messages to people who cannot be reached, until the desk has looked into them.
ALTER TABLE outbox ADD COLUMN is_unreachable BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE outbox ADD COLUMN looked_into_at BIGINT;
CREATE INDEX outbox_unreachable ON outbox (id) WHERE is_unreachable AND looked_into_at IS NULL;

-- Since when somebody cannot be reached, and whose companies are whose (包联).
ALTER TABLE commissioner ADD COLUMN unreachable_since BIGINT;
ALTER TABLE commissioner ADD COLUMN companies TEXT NOT NULL DEFAULT '[]';
