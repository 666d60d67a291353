-- One call appends a whole batch: lock, check, insert, in one statement and therefore one transaction and one round trip.
--
-- Where a stream is not at the version it is expected at, or a request id is known already, nothing is inserted and the
-- caller learns which; it takes those out and calls again. Arrays of one group have one length:
--   streams .. metadata          one element per event, in log order
--   heads, expected              one per stream: the version it must have now
--   request_ids .. received      one per receipt; last_rows: how many events of the batch come up to and including its own
CREATE FUNCTION append_events(
    streams uuid[], versions bigint[], topics text[], states bytea[],
    effective timestamptz[], recorded timestamptz[], metadata jsonb[],
    heads uuid[], expected bigint[],
    request_ids text[], request_hashes bytea[], last_rows bigint[], new_versions jsonb[], answers bytea[], received timestamptz[],
    OUT start_position bigint, OUT stale_streams uuid[], OUT actual_versions bigint[], OUT known_requests text[]
) LANGUAGE plpgsql
-- A plan made while the tables were small must not outlive that.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    last_position bigint;
    inserted bigint;
BEGIN
    -- Taken before any position is drawn and held until the rows are visible: the order of positions is the order of
    -- commits, so a reader never passes a row that is still to come. Unlike a table lock it leaves VACUUM alone.
    PERFORM pg_advisory_xact_lock(hashtextextended('escalera.events', 0));

    IF cardinality(heads) > 0 THEN
        SELECT array_agg(now_at.stream), array_agg(now_at.version) INTO stale_streams, actual_versions
        FROM (
            SELECT head.stream, head.expected, coalesce((
                SELECT e.originator_version FROM events e WHERE e.originator_id = head.stream
                ORDER BY e.originator_version DESC LIMIT 1
            ), 0) AS version
            FROM unnest(heads, append_events.expected) AS head (stream, expected)
        ) AS now_at
        WHERE now_at.version <> now_at.expected;
    END IF;
    IF cardinality(request_ids) > 0 THEN
        SELECT array_agg(r.request_id) INTO known_requests
        FROM unnest(request_ids) AS asked (request_id) JOIN receipts r USING (request_id);
    END IF;
    IF stale_streams IS NOT NULL OR known_requests IS NOT NULL THEN
        RETURN;
    END IF;

    IF cardinality(streams) > 0 THEN
        WITH new_rows AS (
            INSERT INTO events AS e (
                originator_id, originator_version, topic, state, effective_at, recorded_at, metadata
            )
            SELECT * FROM unnest(streams, versions, topics, states, effective, recorded, append_events.metadata)
            RETURNING e.notification_id
        )
        SELECT min(notification_id) - 1, max(notification_id), count(*) INTO start_position, last_position, inserted FROM new_rows;
        IF last_position - start_position <> inserted THEN
            RAISE EXCEPTION 'positions were drawn without the lock';
        END IF;
    ELSE
        SELECT coalesce(max(notification_id), 0) INTO start_position FROM events;
    END IF;
    INSERT INTO receipts (request_id, request_hash, position, versions, answer, recorded_at)
    SELECT r.request_id, r.request_hash, start_position + r.last_row, r.versions, r.answer, r.recorded_at
    FROM unnest(request_ids, request_hashes, last_rows, new_versions, answers, received)
        AS r (request_id, request_hash, last_row, versions, answer, recorded_at);
END
$$;
