-- Attempts that were refused at the door: who (as proven; empty: nobody proved anything), what, why and how often.
-- Whether what they asked for exists is not in here. Rows are added and never changed.
CREATE TABLE access_refusals (
    number    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_at  timestamptz NOT NULL,
    last_at   timestamptz NOT NULL,
    method    text        NOT NULL CHECK (length(method) <= 128),
    principal text        NOT NULL CHECK (length(principal) <= 128),
    reason    text        NOT NULL,
    attempts  bigint      NOT NULL CHECK (attempts > 0)
);
CREATE INDEX access_refusals_first_at ON access_refusals (first_at);
CREATE TRIGGER access_refusals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_refusals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE access_refusals ENABLE ALWAYS TRIGGER access_refusals_append_only;

-- Tokens that are good for one call, until they end: SHA-256 of issuer and id.
CREATE TABLE used_tokens (
    token bytea       PRIMARY KEY CHECK (octet_length(token) = 32),
    until timestamptz NOT NULL
);
CREATE INDEX used_tokens_until ON used_tokens (until);
