-- Mails that tell of notices: who wants them where, and what waits to be handed over.

CREATE TABLE mail_addresses (
    member_id INTEGER PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
    -- Sealed; none before one was confirmed.
    address_sealed BLOB,
    -- An address that waits for its code.
    pending_sealed BLOB,
    code_hash BLOB,
    code_at_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    -- Hash of what ends its mails.
    end_hash BLOB,
    -- Notices made before were told of, or came before the address was confirmed.
    told_until_ms INTEGER NOT NULL DEFAULT 0,
    -- When it is looked at again.
    next_at_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX mail_by_turn ON mail_addresses (next_at_ms, member_id) WHERE address_sealed IS NOT NULL;
CREATE UNIQUE INDEX mail_by_end ON mail_addresses (end_hash) WHERE end_hash IS NOT NULL;

CREATE TABLE mail_queue (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    message_sealed BLOB NOT NULL,
    made_at_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    next_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX mail_queue_by_time ON mail_queue (next_at_ms, id);
CREATE INDEX mail_queue_by_member ON mail_queue (member_id);
