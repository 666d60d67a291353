-- After a restore from a backup the log is shorter than what the world was told. That is declared here, and no contact is
-- made on a database that came out of a backup until what was lost has been reconciled.

CREATE TABLE restores (
    number      integer     PRIMARY KEY CHECK (number > 0),
    declared_at timestamptz NOT NULL,  -- business time, like the next two
    restored_to timestamptz NOT NULL,
    lost_until  timestamptz NOT NULL CHECK (lost_until >= restored_to),
    declared_by text        NOT NULL,
    reason      text        NOT NULL,
    common_size bigint      NOT NULL CHECK (common_size >= 0),
    lost_leaves bigint      NOT NULL CHECK (lost_leaves >= 0),
    note        text        NOT NULL
);
CREATE TRIGGER restores_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON restores
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE restores ENABLE ALWAYS TRIGGER restores_append_only;

-- On which life of the database contacts may be made. A database that came out of a backup, or a standby that took over,
-- has another timeline; one that was loaded from a dump has another system identifier.
CREATE TABLE clearances (
    system_id  text        NOT NULL,
    timeline   bigint      NOT NULL,
    restore    integer     NOT NULL,
    cleared_at timestamptz NOT NULL DEFAULT now(),
    cleared_by text        NOT NULL,
    reason     text        NOT NULL,
    channels   jsonb       NOT NULL DEFAULT '{}',
    PRIMARY KEY (system_id, timeline, restore)
);
CREATE TRIGGER clearances_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON clearances
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE clearances ENABLE ALWAYS TRIGGER clearances_append_only;

-- A write-ahead log file is named by its timeline first, in eight hexadecimal digits.
CREATE FUNCTION database_life(OUT system_id text, OUT timeline bigint, OUT restore integer) LANGUAGE sql VOLATILE AS $$
    SELECT system_identifier::text,
        ('x' || lpad(left(pg_walfile_name(pg_current_wal_lsn()), 8), 16, '0'))::bit(64)::bigint,
        (SELECT coalesce(max(number), 0) FROM restores)
    FROM pg_control_system()
$$;
CREATE FUNCTION contacts_are_cleared() RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT EXISTS (SELECT FROM clearances JOIN database_life() USING (system_id, timeline, restore))
$$;
INSERT INTO clearances (system_id, timeline, restore, cleared_by, reason)
SELECT system_id, timeline, restore, 'system:migration', 'FIRST_LIFE' FROM database_life();

-- What delivery must know of contacts that the lost part of the log may have made: by the permit's id without its number,
-- or by what the provider calls the message.
CREATE TABLE contacts_before_restore (
    name    text    PRIMARY KEY,
    restore integer NOT NULL REFERENCES restores (number),
    outcome text    NOT NULL,  -- as a ContactOutcome
    source  text    NOT NULL
);
CREATE TRIGGER contacts_before_restore_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON contacts_before_restore
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE contacts_before_restore ENABLE ALWAYS TRIGGER contacts_before_restore_append_only;

-- Each declared restore begins a log of its own, which has the old one's beginning: its heads are signed in its own name.
ALTER TABLE sealed_heads ADD COLUMN epoch integer NOT NULL DEFAULT 0;
ALTER TABLE sealed_heads DROP CONSTRAINT sealed_heads_pkey, ADD PRIMARY KEY (epoch, size);

COMMENT ON COLUMN restores.note IS 'The declaration, signed with the log''s key under the old name and the new one';
COMMENT ON COLUMN sealed_heads.epoch IS 'The declared restore after which the head was signed; 0: none';
