-- The counsellors' desk made whole: every decision kept, talk in a case, precedents, versions of
-- clauses that something stored rests on, counts for the public page.

-- A clause with the text it had. What rests on a version that has ended is recalled.
CREATE TABLE clause_versions (
    id INTEGER PRIMARY KEY,
    -- A clause or an article; points belong to their clause.
    provision TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    ended_at_ms INTEGER,
    UNIQUE (provision, text_hash)
) STRICT;
CREATE INDEX clause_versions_standing ON clause_versions (id) WHERE ended_at_ms IS NULL;

-- None for what was asked of another day's law, and for what was kept before this version.
ALTER TABLE message_citations ADD COLUMN version_id INTEGER REFERENCES clause_versions (id);
CREATE INDEX citations_by_version ON message_citations (version_id) WHERE version_id IS NOT NULL;
ALTER TABLE messages ADD COLUMN recalled_at_ms INTEGER;

CREATE TABLE decided AS SELECT id, verdict, sentence, reason_sealed, correction_sealed, decided_by, decided_at_ms,
    state <> 'second' AS is_final FROM reviews WHERE verdict IS NOT NULL AND decided_at_ms IS NOT NULL;

CREATE TABLE reviews_next (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    -- 'open', 'second' (found dangerous by one, awaits another), 'done'.
    state TEXT NOT NULL CHECK (state IN ('open', 'second', 'done')),
    risk INTEGER NOT NULL,
    -- Short names of reasons, with spaces between.
    reasons TEXT NOT NULL,
    entered_at_ms INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL,
    claimed_by INTEGER REFERENCES members (id) ON DELETE SET NULL,
    claimed_until_ms INTEGER NOT NULL DEFAULT 0,
    first_by INTEGER REFERENCES members (id) ON DELETE SET NULL,
    -- When its asker agreed that counsellors read the whole conversation.
    handed_over_at_ms INTEGER,
    -- How many units up it was brought because nobody decided in time, and when last.
    level INTEGER NOT NULL DEFAULT 0,
    escalated_at_ms INTEGER
) STRICT;
INSERT INTO reviews_next (id, message_id, state, risk, reasons, entered_at_ms, due_at_ms, claimed_by,
    claimed_until_ms, first_by)
    SELECT id, message_id, state, risk, reasons, entered_at_ms, due_at_ms, claimed_by, claimed_until_ms, first_by
    FROM reviews;
-- Dropping the table drops what hangs on it: set aside meanwhile.
CREATE TABLE openings_kept AS SELECT * FROM identity_openings;
DROP TABLE reviews;
ALTER TABLE reviews_next RENAME TO reviews;
INSERT INTO identity_openings SELECT * FROM openings_kept;
DROP TABLE openings_kept;
CREATE INDEX reviews_by_risk ON reviews (risk DESC, due_at_ms, id) WHERE state <> 'done';
CREATE INDEX reviews_by_due ON reviews (due_at_ms, id) WHERE state <> 'done';
CREATE INDEX reviews_by_claim ON reviews (claimed_by);
CREATE INDEX reviews_by_first ON reviews (first_by);

CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    review_id INTEGER NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
    decided_by INTEGER REFERENCES members (id) ON DELETE SET NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('right', 'wrong', 'incomplete', 'dangerous')),
    -- Place of the sentence it concerns, from 1.
    sentence INTEGER,
    reason_sealed BLOB,
    correction_sealed BLOB,
    decided_at_ms INTEGER NOT NULL,
    -- Whether its asker sees it: a first finding of danger waits for a second.
    is_final INTEGER NOT NULL CHECK (is_final IN (0, 1))
) STRICT;
INSERT INTO decisions (review_id, decided_by, verdict, sentence, reason_sealed, correction_sealed, decided_at_ms,
    is_final)
    SELECT id, decided_by, verdict, sentence, reason_sealed, correction_sealed, decided_at_ms, is_final FROM decided;
DROP TABLE decided;
CREATE INDEX decisions_by_review ON decisions (review_id, id);
CREATE INDEX decisions_by_member ON decisions (decided_by);

-- What a member and counsellors write to each other in a case.
CREATE TABLE case_replies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    review_id INTEGER NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
    from_member INTEGER NOT NULL CHECK (from_member IN (0, 1)),
    written_by INTEGER REFERENCES members (id) ON DELETE SET NULL,
    text_sealed BLOB NOT NULL,
    made_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX replies_by_review ON case_replies (review_id, id);
CREATE INDEX replies_by_author ON case_replies (written_by);

-- Answers that counsellors approved for everybody. The question is in their own words, never the
-- asker's; so nothing here is sealed.
CREATE TABLE precedents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL CHECK (state IN ('serving', 'renewal', 'dropped')),
    question TEXT NOT NULL,
    -- In the form in which answers are kept.
    answer TEXT NOT NULL,
    embedder TEXT,
    vector BLOB,
    signed_by INTEGER REFERENCES members (id) ON DELETE SET NULL,
    -- Role and unit, as shown.
    signed_as TEXT NOT NULL,
    signed_at_ms INTEGER NOT NULL,
    retired_at_ms INTEGER
) STRICT;
CREATE INDEX precedents_by_state ON precedents (state, id);
CREATE INDEX precedents_by_signer ON precedents (signed_by);

CREATE TABLE precedent_clauses (
    precedent_id INTEGER NOT NULL REFERENCES precedents (id) ON DELETE CASCADE,
    version_id INTEGER NOT NULL REFERENCES clause_versions (id),
    PRIMARY KEY (precedent_id, version_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX precedent_clauses_by_version ON precedent_clauses (version_id);

-- Counts of a month, local time: they outlive what is counted, and name nobody.
CREATE TABLE quality_counts (
    month TEXT NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (month, what)
) STRICT, WITHOUT ROWID;
