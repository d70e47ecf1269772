-- What many ask is counted over the last days.
CREATE INDEX messages_by_time ON messages (made_at_ms);
