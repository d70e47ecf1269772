-- Who did what in running the service. Only ever added to.
CREATE TABLE acts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    -- None: whoever holds the token of the settings.
    member_id INTEGER REFERENCES members (id),
    -- A short name of what was done, and to what.
    deed TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;
CREATE INDEX acts_by_member ON acts (member_id);

CREATE TRIGGER acts_are_not_dropped BEFORE DELETE ON acts BEGIN
    SELECT raise(ABORT, 'the log is only ever added to');
END;
CREATE TRIGGER acts_are_not_changed BEFORE UPDATE ON acts BEGIN
    SELECT raise(ABORT, 'the log is only ever added to');
END;
