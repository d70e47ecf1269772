-- Requests for support. What members and officers write is sealed, as are files and their names;
-- kind, state, dates and money are not: registers and budgets are counted from them.

CREATE TABLE support_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- The unit it came from, and the one that has to decide: that one or one above it.
    unit_id INTEGER NOT NULL REFERENCES units (id),
    desk_id INTEGER NOT NULL REFERENCES units (id),
    kind TEXT NOT NULL CHECK (kind IN ('hardship', 'smartphone', 'legal', 'other')),
    state TEXT NOT NULL CHECK (state IN ('sent', 'taken', 'asked', 'approved', 'refused', 'done', 'withdrawn')),
    -- Empty once its member took their words away.
    words_sealed BLOB NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL,
    asked_at_ms INTEGER,
    taken_by INTEGER REFERENCES members (id) ON DELETE SET NULL,
    amount_dong INTEGER NOT NULL DEFAULT 0 CHECK (0 <= amount_dong),
    -- Out of which unit's budget of which year.
    budget_unit_id INTEGER REFERENCES units (id),
    budget_year INTEGER,
    decided_at_ms INTEGER,
    -- How many entries it has; a change names how many it saw.
    entries INTEGER NOT NULL
) STRICT;
CREATE INDEX support_by_member ON support_requests (member_id, id);
CREATE INDEX support_by_unit ON support_requests (unit_id, sent_at_ms);
CREATE INDEX support_by_desk ON support_requests (desk_id);
CREATE INDEX support_by_due ON support_requests (due_at_ms) WHERE state IN ('sent', 'taken');
CREATE INDEX support_by_taker ON support_requests (taken_by);
CREATE INDEX support_by_budget ON support_requests (budget_unit_id, budget_year);

CREATE TABLE support_entries (
    request_id INTEGER NOT NULL REFERENCES support_requests (id) ON DELETE CASCADE,
    -- From 1 within its request.
    ordinal INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('member', 'officer', 'service')),
    by_id INTEGER REFERENCES members (id) ON DELETE SET NULL,
    what TEXT NOT NULL,
    state TEXT,
    text_sealed BLOB,
    PRIMARY KEY (request_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX support_entries_by_member ON support_entries (by_id);

CREATE TABLE support_files (
    id INTEGER PRIMARY KEY,
    request_id INTEGER NOT NULL REFERENCES support_requests (id) ON DELETE CASCADE,
    -- From 1 within its request.
    n INTEGER NOT NULL,
    name_sealed BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('jpeg', 'pdf')),
    length INTEGER NOT NULL,
    added_at_ms INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (request_id, n)
) STRICT;

CREATE TABLE support_budgets (
    unit_id INTEGER NOT NULL REFERENCES units (id),
    year INTEGER NOT NULL,
    amount_dong INTEGER NOT NULL CHECK (0 <= amount_dong),
    PRIMARY KEY (unit_id, year)
) STRICT, WITHOUT ROWID;

-- A request with the names that go with it.
CREATE VIEW support_rows AS
SELECT r.id, r.member_id, m.number AS member_number, m.name AS member_name, r.kind, r.state, r.words_sealed,
       r.sent_at_ms, r.due_at_ms, r.asked_at_ms, r.taken_by, r.amount_dong, r.decided_at_ms, r.entries,
       u.id AS unit_id, u.code AS unit_code, u.name AS unit_name, u.path AS unit_path, u.parent_id AS unit_parent,
       d.id AS desk_id, d.code AS desk_code, d.name AS desk_name, d.path AS desk_path, d.parent_id AS desk_parent
FROM support_requests r
JOIN members m ON m.id = r.member_id
JOIN units u ON u.id = r.unit_id
JOIN units d ON d.id = r.desk_id;
