-- What streams had come to when the sealer looked: a list that only grows, and the signed heads of it. The log alone says
-- it again; the digests say whether today's code still reads the log as the code of that day did.

CREATE TABLE state_digests (
    number    bigint   PRIMARY KEY,
    stream_id uuid     NOT NULL,
    version   bigint   NOT NULL CHECK (version > 0),
    kind      text     NOT NULL,
    behavior  integer  NOT NULL CHECK (behavior > 0),
    digest    bytea    NOT NULL CHECK (octet_length(digest) = 32)
);
CREATE INDEX state_digests_stream ON state_digests (stream_id, version);

-- Up to where in the log streams were looked at, how many digests there are, and the hash that they all went into.
CREATE TABLE state_progress (
    one_row  boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    size     bigint  NOT NULL,
    chain    bytea   NOT NULL CHECK (octet_length(chain) = 32),
    position bigint  NOT NULL
) WITH (fillfactor = 50);  -- updated in place all the time
INSERT INTO state_progress (size, chain, position) VALUES (0, decode(repeat('00', 32), 'hex'), 0);

CREATE TABLE state_heads (
    epoch     integer     NOT NULL,  -- the declared restore after which it was signed; 0: before any
    position  bigint      NOT NULL,
    size      bigint      NOT NULL,
    note      text        NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (epoch, position)
);

CREATE TRIGGER state_digests_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON state_digests
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER state_heads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON state_heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE state_digests ENABLE ALWAYS TRIGGER state_digests_append_only;
ALTER TABLE state_heads ENABLE ALWAYS TRIGGER state_heads_append_only;

COMMENT ON COLUMN state_digests.kind IS 'case, person or entry';
COMMENT ON COLUMN state_digests.behavior IS 'Which behavior of that kind folded the first `version` events of the stream';
