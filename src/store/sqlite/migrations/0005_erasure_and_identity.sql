-- Accounts that were erased at their owner's wish; identities opened by two; writes that may be
-- sent twice.

-- When the member had their account erased: an import brings no contacts back.
ALTER TABLE members ADD COLUMN erased_at_ms INTEGER;

-- A wish to know who asked. One states a reason, another agrees or refuses; only then, and only
-- for a while, the one who wished may see. Nothing here is dropped but with the answer.
CREATE TABLE identity_openings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    review_id INTEGER NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
    reason_sealed BLOB NOT NULL,
    wished_by INTEGER NOT NULL REFERENCES members (id),
    wished_at_ms INTEGER NOT NULL,
    -- 'wished', 'granted', 'refused'.
    state TEXT NOT NULL CHECK (state IN ('wished', 'granted', 'refused')),
    decided_by INTEGER REFERENCES members (id),
    decided_at_ms INTEGER,
    -- Until when it may be seen, and when it first was.
    ends_at_ms INTEGER,
    seen_at_ms INTEGER,
    CHECK (decided_by IS NULL OR decided_by <> wished_by)
) STRICT;
CREATE UNIQUE INDEX openings_under_way ON identity_openings (review_id) WHERE state = 'wished';
CREATE INDEX openings_by_review ON identity_openings (review_id);
CREATE INDEX openings_by_wisher ON identity_openings (wished_by);
CREATE INDEX openings_by_decider ON identity_openings (decided_by);

-- Replies to writes that came with a key, to be given again for the same request.
CREATE TABLE idempotent_replies (
    -- Hash of who sent it, method, address and key.
    key BLOB PRIMARY KEY,
    -- Hash of what was sent: another request under the same key is refused.
    request BLOB NOT NULL,
    begun_at_ms INTEGER NOT NULL,
    -- Both missing while the first is under way.
    status INTEGER,
    reply_sealed BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX replies_by_age ON idempotent_replies (begun_at_ms);
