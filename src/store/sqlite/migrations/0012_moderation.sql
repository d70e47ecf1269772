-- Moderation of the feed: cases, reports, decisions, appeals, locks, the log, checks against the law.

CREATE TABLE feed_cases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    -- The comment it is about; 0 for the post itself.
    comment_id INTEGER NOT NULL,
    author_id INTEGER NOT NULL REFERENCES members (id),
    audience_id INTEGER NOT NULL REFERENCES units (id),
    -- 'first' (a first post waits), 'report'.
    kind TEXT NOT NULL CHECK (kind IN ('first', 'report')),
    -- 'open', 'decided', 'appealed' (its author asks again), 'closed'.
    state TEXT NOT NULL CHECK (state IN ('open', 'decided', 'appealed', 'closed')),
    -- The words as they stood when the case was opened.
    text TEXT NOT NULL,
    reports INTEGER NOT NULL,
    opened_at_ms INTEGER NOT NULL,
    decision TEXT CHECK (decision IN ('keep', 'hide', 'remove')),
    decision_reason TEXT,
    decided_by INTEGER REFERENCES members (id),
    decided_at_ms INTEGER,
    appeal_text TEXT,
    appealed_at_ms INTEGER,
    appeal_decision TEXT CHECK (appeal_decision IN ('uphold', 'restore')),
    appeal_reason TEXT,
    appeal_by INTEGER REFERENCES members (id),
    appeal_at_ms INTEGER
) STRICT;
-- Reports of one thing come together in one case until that is decided.
CREATE UNIQUE INDEX cases_open_once ON feed_cases (post_id, comment_id) WHERE state = 'open';
CREATE INDEX cases_waiting ON feed_cases (audience_id, state, opened_at_ms, id);
CREATE INDEX cases_by_post ON feed_cases (post_id, comment_id);
CREATE INDEX cases_by_author ON feed_cases (author_id, id);
CREATE INDEX cases_by_decider ON feed_cases (decided_by);
CREATE INDEX cases_by_second ON feed_cases (appeal_by);

CREATE TABLE feed_reports (
    case_id INTEGER NOT NULL REFERENCES feed_cases (id) ON DELETE CASCADE,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    words TEXT NOT NULL,
    reported_at_ms INTEGER NOT NULL,
    PRIMARY KEY (case_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX reports_by_member ON feed_reports (member_id);

-- Only ever added to.
CREATE TABLE feed_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    actor_id INTEGER NOT NULL REFERENCES members (id),
    audience_id INTEGER NOT NULL REFERENCES units (id),
    post_id INTEGER NOT NULL,
    comment_id INTEGER NOT NULL,
    act TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX feed_log_by_audience ON feed_log (audience_id, id);
CREATE INDEX feed_log_by_actor ON feed_log (actor_id);

CREATE TRIGGER feed_log_stays BEFORE DELETE ON feed_log BEGIN
    SELECT raise(ABORT, 'the log is only ever added to');
END;
CREATE TRIGGER feed_log_is_not_changed BEFORE UPDATE ON feed_log BEGIN
    SELECT raise(ABORT, 'the log is only ever added to');
END;

CREATE TABLE posting_locks (
    member_id INTEGER PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
    until_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE banned_hosts (
    host TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- What the assistant says of a post's claim; shown once an editor stands for it.
CREATE TABLE post_checks (
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    -- JSON: what it cites, with addresses.
    citations TEXT NOT NULL,
    asked_by INTEGER NOT NULL REFERENCES members (id),
    -- Before the answer was worked out: words changed since then are others than were checked.
    asked_at_ms INTEGER NOT NULL,
    verdict TEXT CHECK (verdict IN ('right', 'wrong', 'partly')),
    note TEXT NOT NULL DEFAULT '',
    approved_by INTEGER REFERENCES members (id),
    approved_at_ms INTEGER
) STRICT;
CREATE INDEX checks_by_asker ON post_checks (asked_by);
CREATE INDEX checks_by_approver ON post_checks (approved_by);
