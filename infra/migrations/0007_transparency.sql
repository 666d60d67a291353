-- The Merkle tree over the log: which event is which leaf, the hashes in tiles of 256, and the heads that were signed.
-- All of it is derived from the log; what nobody can derive again are the signatures, and those are published too.

CREATE TABLE sealed_head (
    one_row  boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    size     bigint  NOT NULL,
    position bigint  NOT NULL
) WITH (fillfactor = 50);  -- updated in place all the time
INSERT INTO sealed_head (size, position) VALUES (0, 0);

CREATE TABLE sealed_tiles (
    level  smallint NOT NULL,
    number bigint   NOT NULL,
    hashes bytea    NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0),
    PRIMARY KEY (level, number)
);
ALTER TABLE sealed_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;  -- hashes do not compress

CREATE TABLE sealed_bundles (
    number         bigint   PRIMARY KEY,
    first_position bigint   NOT NULL,
    last_position  bigint   NOT NULL,
    positions      bigint[] NOT NULL CHECK (cardinality(positions) BETWEEN 1 AND 256)
);
CREATE INDEX sealed_bundles_positions ON sealed_bundles (last_position, first_position);

CREATE TABLE sealed_heads (
    size      bigint      PRIMARY KEY,
    root      bytea       NOT NULL,
    note      text        NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER sealed_heads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed_heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE sealed_heads ENABLE ALWAYS TRIGGER sealed_heads_append_only;

COMMENT ON TABLE sealed_tiles IS 'C2SP tlog-tiles: tile `number` of level L holds hashes of complete subtrees of 2^(8L) leaves';
COMMENT ON TABLE sealed_bundles IS 'Positions in the log of leaves number * 256 and after';
