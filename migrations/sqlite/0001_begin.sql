-- Times are milliseconds since 1970 (UTC), structured values are JSON text, ids are text: what PostgreSQL has as well.
-- `ready_at` is the instant from which a waiting row may be claimed: a lease and a retry both move it on.

CREATE TABLE inbox (
    sequence    INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    channel     TEXT    NOT NULL,
    chat        TEXT    NOT NULL,
    payload     TEXT    NOT NULL,
    received_at INTEGER NOT NULL,
    state       TEXT    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'handled', 'dead')),
    ready_at    INTEGER NOT NULL DEFAULT 0,
    attempts    INTEGER NOT NULL DEFAULT 0,
    handled_at  INTEGER,
    error       TEXT
) STRICT;

CREATE INDEX inbox_conversation ON inbox (channel, chat);
CREATE INDEX inbox_waiting ON inbox (channel) WHERE state = 'waiting';
CREATE INDEX inbox_waiting_conversation ON inbox (channel, chat) WHERE state = 'waiting';
CREATE INDEX inbox_dead ON inbox (channel) WHERE state = 'dead';

-- 'waiting' is only for channels that messages are pushed to. Where people fetch their messages, rows are 'kept': they are
-- read by number and are in none of the indexes below `outbox_conversation`.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    channel    TEXT    NOT NULL,
    chat       TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    buttons    TEXT    NOT NULL,
    about      TEXT,
    written_at INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'kept', 'sent', 'dead')),
    ready_at   INTEGER NOT NULL DEFAULT 0,
    attempts   INTEGER NOT NULL DEFAULT 0,
    settled_at INTEGER,
    message_id TEXT,
    error      TEXT
) STRICT;

CREATE INDEX outbox_conversation ON outbox (channel, chat);
CREATE INDEX outbox_waiting ON outbox (channel) WHERE state = 'waiting';
CREATE INDEX outbox_waiting_conversation ON outbox (channel, chat) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (channel) WHERE state = 'dead';
CREATE INDEX outbox_about ON outbox (channel, chat, message_id) WHERE message_id IS NOT NULL AND about IS NOT NULL;

CREATE TABLE dialogue (
    channel    TEXT    NOT NULL,
    chat       TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (channel, chat)
) STRICT;

-- Columns to find tickets by. The ticket itself is its events.
CREATE TABLE ticket (
    number       TEXT    PRIMARY KEY,
    chat         TEXT    NOT NULL,
    assignee     TEXT,
    state        TEXT    NOT NULL,
    is_open      INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    opened_at    INTEGER NOT NULL,
    next_card_at INTEGER,
    version      INTEGER NOT NULL
) STRICT;

CREATE INDEX ticket_opened ON ticket (opened_at, number);
CREATE INDEX ticket_chat ON ticket (chat, opened_at);
CREATE INDEX ticket_assignee ON ticket (assignee, opened_at) WHERE assignee IS NOT NULL;
CREATE INDEX ticket_open ON ticket (assignee) WHERE is_open;
CREATE INDEX ticket_card ON ticket (next_card_at) WHERE is_open AND next_card_at IS NOT NULL;

CREATE TABLE ticket_event (
    ticket     TEXT    NOT NULL REFERENCES ticket (number),
    sequence   INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    from_state TEXT    NOT NULL,
    to_state   TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    detail     TEXT,
    PRIMARY KEY (ticket, sequence)
) STRICT;

CREATE TRIGGER ticket_event_is_not_updated BEFORE UPDATE ON ticket_event
BEGIN SELECT RAISE(ABORT, 'ticket_event is append-only'); END;
CREATE TRIGGER ticket_event_is_not_deleted BEFORE DELETE ON ticket_event
BEGIN SELECT RAISE(ABORT, 'ticket_event is append-only'); END;
-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER ticket_event_is_not_replaced BEFORE INSERT ON ticket_event
WHEN EXISTS (SELECT 1 FROM ticket_event WHERE ticket = NEW.ticket AND sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'ticket_event is append-only'); END;

CREATE TABLE ticket_message (
    id     INTEGER PRIMARY KEY,
    ticket TEXT    NOT NULL REFERENCES ticket (number),
    at     INTEGER NOT NULL,
    sender TEXT    NOT NULL,
    text   TEXT    NOT NULL
) STRICT;

CREATE INDEX ticket_message_ticket ON ticket_message (ticket);

CREATE TABLE ticket_counter (
    day  TEXT    PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

CREATE TABLE commissioner (
    id           TEXT    PRIMARY KEY,
    name         TEXT    NOT NULL,
    phone        TEXT,
    subdistricts TEXT    NOT NULL,
    fields       TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    backup       TEXT,
    telegram_id  INTEGER UNIQUE,
    capacity     INTEGER NOT NULL,
    away_until   INTEGER,
    is_sample    INTEGER NOT NULL CHECK (is_sample IN (0, 1)),
    removed_at   INTEGER
) STRICT;

CREATE TABLE invitation (
    code_sha256  TEXT    PRIMARY KEY,
    commissioner TEXT    NOT NULL REFERENCES commissioner (id),
    expires_at   INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    created_by   TEXT    NOT NULL,
    used_at      INTEGER
) STRICT;

CREATE INDEX invitation_commissioner ON invitation (commissioner);

CREATE TABLE edition (
    number         INTEGER PRIMARY KEY AUTOINCREMENT,
    content_sha256 TEXT    NOT NULL,
    published_at   INTEGER NOT NULL,
    published_by   TEXT    NOT NULL,
    topics         INTEGER NOT NULL,
    is_forced      INTEGER NOT NULL CHECK (is_forced IN (0, 1)),
    content        TEXT    NOT NULL
) STRICT;

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE audit_log (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    done_by    TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    detail     TEXT    NOT NULL
) STRICT;

CREATE TRIGGER audit_log_is_not_updated BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
CREATE TRIGGER audit_log_is_not_deleted BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
CREATE TRIGGER audit_log_is_not_replaced BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
