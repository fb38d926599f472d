-- Until when turns at something are taken, for whatever may be done only so often by all processes together. A row whose time has
-- passed says nothing any more. Not logged: nobody waits for the disk, and after a crash turns are taken from the start.
CREATE UNLOGGED TABLE pace (
    key         TEXT   COLLATE "C" PRIMARY KEY,
    taken_until BIGINT NOT NULL
);
