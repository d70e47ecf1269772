-- What members asked and were answered. Questions and answers are sealed; what an answer
-- cites is not, so that those who rest on a clause are found when it changes.

CREATE TABLE conversations (
    id INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- Unguessable; unique for its owner alone, so that nobody learns of another's.
    public_id TEXT NOT NULL,
    last_at_ms INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    UNIQUE (member_id, public_id)
) STRICT;
CREATE INDEX conversations_by_time ON conversations (member_id, last_at_ms, id);
CREATE INDEX conversations_by_age ON conversations (last_at_ms);

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- From 1 within its conversation.
    ordinal INTEGER NOT NULL,
    made_at_ms INTEGER NOT NULL,
    question_sealed BLOB NOT NULL,
    answer_sealed BLOB NOT NULL,
    status TEXT NOT NULL,
    generator TEXT NOT NULL,
    corpus_release TEXT NOT NULL,
    -- What the member says of it: 'useful', 'wrong', 'unclear'.
    verdict TEXT CHECK (verdict IN ('useful', 'wrong', 'unclear')),
    verdict_words_sealed BLOB,
    verdict_at_ms INTEGER,
    UNIQUE (conversation_id, ordinal)
) STRICT;

CREATE TABLE message_citations (
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    provision TEXT NOT NULL,
    -- SHA-256 of the words quoted: another version of the clause has others.
    quote_hash BLOB NOT NULL,
    PRIMARY KEY (message_id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX citations_by_provision ON message_citations (provision);

CREATE TABLE shares (
    token BLOB PRIMARY KEY,
    message_id INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    created_at_ms INTEGER NOT NULL,
    ends_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX shares_by_end ON shares (ends_at_ms);

-- What a member agreed to, and when they took it back.
CREATE TABLE consents (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    given_at_ms INTEGER NOT NULL,
    taken_back_at_ms INTEGER,
    PRIMARY KEY (member_id, purpose, given_at_ms)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX consents_in_force ON consents (member_id, purpose) WHERE taken_back_at_ms IS NULL;

CREATE INDEX invites_by_end ON invites (ends_at_ms);
CREATE INDEX api_keys_by_end ON api_keys (expires_at_ms);
