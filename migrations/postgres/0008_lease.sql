-- What one process at a time does for all: which one, and until when it need not say so again.
CREATE TABLE lease (
    name       TEXT   COLLATE "C" PRIMARY KEY,
    holder     TEXT   NOT NULL,
    held_until BIGINT NOT NULL
);
