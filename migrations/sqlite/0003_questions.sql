-- Questions to learn from, and what was thought of answers. Neither holds a chat or a name: `asker` is a salted hash of the
-- conversation, `text` is masked. Unlike everything else these rows are deleted: when they are old, and on request.

CREATE TABLE question (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    asker        TEXT,
    turn         INTEGER NOT NULL,
    channel      TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    wants_person INTEGER NOT NULL CHECK (wants_person IN (0, 1)),
    topic        TEXT,
    edition      INTEGER NOT NULL,
    asked_at     INTEGER NOT NULL,
    state        TEXT    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'drafted', 'published', 'dismissed')),
    draft        TEXT,
    UNIQUE (asker, turn)
) STRICT;

CREATE INDEX question_asked ON question (asked_at);
CREATE INDEX question_open ON question (asked_at, id) WHERE state IN ('waiting', 'drafted');

CREATE TABLE feedback (
    asker    TEXT    NOT NULL,
    turn     INTEGER NOT NULL,
    channel  TEXT    NOT NULL,
    verdict  TEXT    NOT NULL CHECK (verdict IN ('helpful', 'unhelpful')),
    topic    TEXT,
    edition  INTEGER NOT NULL,
    given_at INTEGER NOT NULL,
    PRIMARY KEY (asker, turn)
) STRICT;

CREATE INDEX feedback_given ON feedback (given_at);

INSERT INTO setting (key, value) VALUES ('asker_salt', lower(hex(randomblob(32))));
