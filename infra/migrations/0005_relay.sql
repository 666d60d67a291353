-- The relay's own notes: derived from the log, and safe to lose (every open case is then looked at once more).

CREATE TABLE relay_position (
    one_row  boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    position bigint  NOT NULL
) WITH (fillfactor = 50);  -- updated in place all the time
INSERT INTO relay_position (position) VALUES (0);

CREATE TABLE relay_waits (
    case_id uuid PRIMARY KEY,
    due_at  timestamptz
) WITH (fillfactor = 70);
CREATE INDEX relay_waits_due ON relay_waits (due_at) WHERE due_at IS NOT NULL;

COMMENT ON TABLE relay_waits IS 'Cases that have a workflow, and the business instant it waits for (NULL: until woken)';
