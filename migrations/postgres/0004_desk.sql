-- The clocks call for more than cards, after closing too.
DROP INDEX ticket_card;
ALTER TABLE ticket RENAME COLUMN next_card_at TO next_step_at;
CREATE INDEX ticket_step ON ticket (next_step_at) WHERE next_step_at IS NOT NULL;

-- Internal notes stand beside what was said.
ALTER TABLE ticket_message ADD COLUMN is_note BOOLEAN NOT NULL DEFAULT FALSE;
