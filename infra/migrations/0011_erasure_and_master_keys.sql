-- Who was forgotten, found without reading the log: whoever starts makes sure that their keys are destroyed.
CREATE INDEX events_person_forgotten ON events (notification_id) WHERE topic = 'PersonForgotten';
CREATE INDEX person_keys_erased ON person_keys (person_id) WHERE erased_at IS NOT NULL;

-- Which master key wraps a person's key; '' for those wrapped before it was noted. While one master key takes the place
-- of another both are in use, and the rows say which of them still need the old one.
ALTER TABLE person_keys ADD COLUMN wrapped_by text NOT NULL DEFAULT '';
CREATE INDEX person_keys_wrapped_by ON person_keys (wrapped_by, person_id) WHERE wrapped_key IS NOT NULL;
GRANT UPDATE (wrapped_by) ON person_keys TO escalera_writer;

-- What outlives every master key, wrapped by the present one: the root of the keys that hashes and links are made
-- under. Its row says which master key is the present one, to whoever makes a new key for a person.
CREATE TABLE wrapped_secrets (
    name       text PRIMARY KEY,
    wrapped    bytea NOT NULL,
    wrapped_by text  NOT NULL
);
REVOKE ALL ON wrapped_secrets FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON wrapped_secrets TO escalera_writer;
