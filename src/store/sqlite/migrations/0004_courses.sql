-- Courses: their folders by version, what members did in them, certificates.

CREATE TABLE course_versions (
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'published')),
    changed_at_ms INTEGER NOT NULL,
    PRIMARY KEY (slug, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE course_files (
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    path TEXT NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (slug, version, path),
    FOREIGN KEY (slug, version) REFERENCES course_versions (slug, version) ON DELETE CASCADE
) STRICT;

-- The version of a provision that a question of the published course was written for.
CREATE TABLE course_bindings (
    slug TEXT NOT NULL,
    lesson TEXT NOT NULL,
    question TEXT NOT NULL,
    provision TEXT NOT NULL,
    text_sha256 BLOB NOT NULL,
    PRIMARY KEY (slug, lesson, question, provision)
) STRICT, WITHOUT ROWID;

-- Steps of members as their devices told them, each once by the device's own id.
CREATE TABLE course_events (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    slug TEXT NOT NULL,
    lesson TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('read', 'answer')),
    attempt TEXT,
    question TEXT,
    answer TEXT,
    at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (member_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX course_events_by_attempt ON course_events (member_id, slug, lesson, attempt);

CREATE TABLE course_progress (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    slug TEXT NOT NULL,
    lesson TEXT NOT NULL,
    read_at_ms INTEGER,
    best_correct INTEGER,
    best_questions INTEGER,
    passed_at_ms INTEGER,
    PRIMARY KEY (member_id, slug, lesson)
) STRICT, WITHOUT ROWID;
CREATE INDEX course_progress_by_course ON course_progress (slug, member_id);

CREATE TABLE certificates (
    id TEXT PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    issued_at_ms INTEGER NOT NULL,
    shows_name INTEGER NOT NULL DEFAULT 0,
    UNIQUE (member_id, slug)
) STRICT, WITHOUT ROWID;
CREATE INDEX certificates_by_course ON certificates (slug, member_id);
