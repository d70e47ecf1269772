-- The counsellors' desk: answers to be looked at. Who asked is not here; a review hangs on the
-- answer, and the unit tells only whose counsellors may see it.

CREATE TABLE reviews (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    unit_path TEXT NOT NULL,
    -- 'open', 'second' (found dangerous by one, awaits another), 'done'.
    state TEXT NOT NULL CHECK (state IN ('open', 'second', 'done')),
    risk INTEGER NOT NULL,
    -- Short names of reasons, with spaces between.
    reasons TEXT NOT NULL,
    entered_at_ms INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL,
    claimed_by INTEGER REFERENCES members (id) ON DELETE SET NULL,
    claimed_until_ms INTEGER NOT NULL DEFAULT 0,
    verdict TEXT CHECK (verdict IN ('right', 'wrong', 'incomplete', 'dangerous')),
    -- Place of the sentence it concerns, from 1.
    sentence INTEGER,
    reason_sealed BLOB,
    correction_sealed BLOB,
    first_by INTEGER REFERENCES members (id) ON DELETE SET NULL,
    decided_by INTEGER REFERENCES members (id) ON DELETE SET NULL,
    decided_at_ms INTEGER
) STRICT;
CREATE INDEX reviews_by_risk ON reviews (risk DESC, due_at_ms, id) WHERE state <> 'done';
CREATE INDEX reviews_by_claim ON reviews (claimed_by);
CREATE INDEX reviews_by_first ON reviews (first_by);
CREATE INDEX reviews_by_decision ON reviews (decided_by);
