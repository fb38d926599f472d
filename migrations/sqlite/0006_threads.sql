-- The threads (话题) of the supervisors' group: `chat` is the conversation that one stands for, written `group/ticket`;
-- `number` is what the channel calls it.
CREATE TABLE thread (
    channel   TEXT    NOT NULL,
    chat      TEXT    NOT NULL,
    number    INTEGER NOT NULL,
    is_closed INTEGER NOT NULL CHECK (is_closed IN (0, 1)),
    kept_at   INTEGER NOT NULL,
    PRIMARY KEY (channel, chat)
) STRICT;

CREATE INDEX thread_number ON thread (channel, number);

-- The weeks, named by their Monday, whose figures somebody was sent.
CREATE TABLE figures_sent (
    week         TEXT    NOT NULL,
    commissioner TEXT    NOT NULL,
    sent_at      INTEGER NOT NULL,
    PRIMARY KEY (week, commissioner)
) STRICT;
