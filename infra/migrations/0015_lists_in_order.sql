-- Lists about people, in the order in which they are read: a page costs what is on it, not all that was ever asked.
--
-- They follow from the log alone and are never behind it: an index has nothing that could be rebuilt or be wrong. What
-- it is sorted by is told by events without anything personal. Of a state that cannot be read they say the least there
-- is: it comes first, and whoever decodes it says what is wrong.
CREATE FUNCTION told_text(state bytea, field text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    RETURN coalesce(convert_from(state, 'UTF8')::jsonb ->> field, '');
EXCEPTION WHEN others THEN
    RETURN '';
END
$$;
-- Immutable: instants are written with their offset, days in full.
CREATE FUNCTION told_instant(state bytea, field text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    RETURN coalesce((convert_from(state, 'UTF8')::jsonb ->> field)::timestamptz, '0002-01-01 00:00+00'::timestamptz);
EXCEPTION WHEN others THEN
    RETURN '0002-01-01 00:00+00'::timestamptz;
END
$$;
-- A day that is not known is after all others.
CREATE FUNCTION told_day(state bytea, field text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    RETURN coalesce((convert_from(state, 'UTF8')::jsonb ->> field)::date, '9999-12-31'::date);
EXCEPTION WHEN others THEN
    RETURN '0002-01-01'::date;
END
$$;

CREATE INDEX events_person_requests_in_order ON events (
    told_instant(state, 'expires_at'), originator_id, (told_text(state, 'approval_id') COLLATE "C")
) WHERE topic = 'PersonApprovalRequested';

CREATE INDEX events_erasures_in_order ON events (
    told_day(state, 'until'), originator_id, (told_text(state, 'erasure_id') COLLATE "C")
) WHERE topic = 'ErasureRefused';

-- Who was forgotten waits for nothing.
CREATE INDEX events_forgotten ON events (originator_id) WHERE topic = 'PersonForgotten';
