-- The threads (话题) of the supervisors' group: `chat` is the conversation that one stands for, written `group/ticket`;
-- `number` is what the channel calls it.
CREATE TABLE thread (
    channel   TEXT    COLLATE "C" NOT NULL,
    chat      TEXT    COLLATE "C" NOT NULL,
    number    BIGINT  NOT NULL,
    is_closed BOOLEAN NOT NULL,
    kept_at   BIGINT  NOT NULL,
    PRIMARY KEY (channel, chat)
);

CREATE INDEX thread_number ON thread (channel, number);

-- The weeks, named by their Monday, whose figures somebody was sent.
CREATE TABLE figures_sent (
    week         TEXT   COLLATE "C" NOT NULL,
    commissioner TEXT   COLLATE "C" NOT NULL,
    sent_at      BIGINT NOT NULL,
    PRIMARY KEY (week, commissioner)
);
