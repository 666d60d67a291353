-- How far each projection has read; written in the same transaction as its rows.
CREATE TABLE projection_positions (
    application_name text PRIMARY KEY,
    notification_id  bigint
) WITH (fillfactor = 50);  -- updated in place all the time

-- The role of whoever appends: it can add to the log and read it, and nothing else can be done to it in that role.
-- Roles belong to the whole server, so another database's migrations may have made it, or be making it now.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'escalera_writer') THEN
        CREATE ROLE escalera_writer NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'escalera_writer', 'MEMBER') THEN
        EXECUTE format('GRANT escalera_writer TO %I', current_user);
    END IF;
END
$$;

REVOKE ALL ON events, receipts, person_keys FROM PUBLIC;
GRANT SELECT, INSERT ON events, receipts, person_keys TO escalera_writer;
GRANT UPDATE (wrapped_key, erased_at) ON person_keys TO escalera_writer;
