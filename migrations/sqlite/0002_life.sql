-- Which edition serves, and since when: the last row counts. Publishing and rolling back add a row; none is ever changed.
CREATE TABLE serving_mark (
    sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
    edition   INTEGER NOT NULL REFERENCES edition (number),
    marked_at INTEGER NOT NULL,
    marked_by TEXT    NOT NULL
) STRICT;

CREATE TRIGGER serving_mark_is_not_updated BEFORE UPDATE ON serving_mark
BEGIN SELECT RAISE(ABORT, 'serving_mark is append-only'); END;
CREATE TRIGGER serving_mark_is_not_deleted BEFORE DELETE ON serving_mark
BEGIN SELECT RAISE(ABORT, 'serving_mark is append-only'); END;
CREATE TRIGGER serving_mark_is_not_replaced BEFORE INSERT ON serving_mark
WHEN EXISTS (SELECT 1 FROM serving_mark WHERE sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'serving_mark is append-only'); END;

INSERT INTO serving_mark (edition, marked_at, marked_by)
SELECT edition.number, edition.published_at, edition.published_by
FROM setting JOIN edition ON edition.number = CAST(setting.value AS INTEGER)
WHERE setting.key = 'serving_edition';

DELETE FROM setting WHERE key = 'serving_edition';

-- Warnings already given that something ends; `document` is empty where it is the topic as a whole.
CREATE TABLE expiry_warning (
    topic      TEXT    NOT NULL,
    document   TEXT    NOT NULL,
    last_day   TEXT    NOT NULL,
    days_ahead INTEGER NOT NULL,
    warned_at  INTEGER NOT NULL,
    PRIMARY KEY (topic, document, last_day, days_ahead)
) STRICT;
