-- Whose address this is, and which permit a provider means. Holds no address and no provider's id, only keyed hashes of
-- them (HMAC-SHA256 under a key outside of the database): whoever has these rows alone can neither read nor guess them.
--
-- Derived from the log. To build it anew, put the position back to 0: every row is written again over itself.
CREATE SCHEMA address_book;

CREATE TABLE address_book.points (
    person_id uuid  NOT NULL,
    point_id  text  NOT NULL,
    hash      bytea NOT NULL,
    PRIMARY KEY (person_id, point_id)
);
CREATE INDEX points_hash ON address_book.points (hash);

CREATE TABLE address_book.messages (
    hash      bytea PRIMARY KEY,
    permit_id text  NOT NULL
);

-- Up to where the log has been seen; written in the same transaction as the rows.
CREATE TABLE address_book.position (
    one_row  boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    position bigint  NOT NULL
) WITH (fillfactor = 50);  -- updated in place all the time
INSERT INTO address_book.position (position) VALUES (0);

-- Whoever is erased is forgotten here in the same transaction, by whichever role.
CREATE FUNCTION address_book.forget() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    DELETE FROM address_book.points WHERE person_id = NEW.person_id;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION address_book.forget() FROM PUBLIC;
CREATE TRIGGER person_keys_forget AFTER INSERT OR UPDATE ON person_keys
    FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL) EXECUTE FUNCTION address_book.forget();
