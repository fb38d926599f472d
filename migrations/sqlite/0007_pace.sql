-- Until when turns at something are taken, for whatever may be done only so often by all processes together. A row whose time has
-- passed says nothing any more.
CREATE TABLE pace (
    key         TEXT    PRIMARY KEY,
    taken_until INTEGER NOT NULL
) STRICT;
