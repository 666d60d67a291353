-- What leads a bank entry to its case, and the entries for which nothing did so surely. Read tables like the others: of
-- the same schema, at the same position, built anew with them. Nothing in them names a person.

-- What a payer may write besides the case's own reference: an obligation's, an account that is the case's alone, and of
-- payments that came out of files the hashes by which a reversal names them.
CREATE TABLE read_tables.case_references (
    case_id     uuid NOT NULL,
    kind        text NOT NULL,
    reference   text NOT NULL,
    creditor_id text NOT NULL
);
CREATE UNIQUE INDEX case_references_case ON read_tables.case_references (case_id, kind, reference);
CREATE INDEX case_references_reference ON read_tables.case_references (reference);
-- A bank entry does not say whose reference it has.
CREATE INDEX case_summary_reference_alone ON read_tables.case_summary (reference);

CREATE TABLE read_tables.queued_entries (
    stream_id   uuid        NOT NULL,
    version     bigint      NOT NULL,
    position    bigint      NOT NULL,
    received_at timestamptz NOT NULL,
    entry_id    text        NOT NULL,
    account     text        NOT NULL,
    amount      bigint      NOT NULL,
    currency    text        NOT NULL,
    reversal    boolean     NOT NULL,
    booked_on   date,
    payment_id  text        NOT NULL,
    why         text        NOT NULL,
    detail      text        NOT NULL,
    candidates  jsonb       NOT NULL,
    file        text        NOT NULL,
    file_place  text        NOT NULL,
    stands      text        NOT NULL,
    case_id     uuid,
    ended_at    timestamptz,
    ended_by    text        NOT NULL,
    reason      text        NOT NULL
);
CREATE UNIQUE INDEX queued_entries_stream ON read_tables.queued_entries (stream_id);
CREATE INDEX queued_entries_stands ON read_tables.queued_entries (stands, received_at, stream_id);

-- What the log said before these tables came: the obligations of the cases that are shown. Nothing else was there.
INSERT INTO read_tables.case_references (case_id, kind, reference, creditor_id)
SELECT DISTINCT shown.case_id, 'OBLIGATION', owed.obligation ->> 'reference', shown.creditor_id
FROM events e
JOIN read_tables.case_summary shown ON shown.case_id = e.originator_id AND e.notification_id <= shown.position
CROSS JOIN LATERAL jsonb_array_elements(CASE e.topic
    WHEN 'CaseOpened' THEN convert_from(e.state, 'UTF8')::jsonb -> 'obligations'
    ELSE jsonb_build_array(convert_from(e.state, 'UTF8')::jsonb -> 'obligation')
END) AS owed (obligation)
WHERE e.topic IN ('CaseOpened', 'ObligationAdded') AND owed.obligation ->> 'reference' <> '';
