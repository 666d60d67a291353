-- Requests to be forgotten, and what bears on those that were refused, found without reading the log: they are decided
-- again when what stood against them is over.
CREATE INDEX events_erasures ON events (originator_id, originator_version)
    WHERE topic IN ('ErasureRequested', 'ErasureRefused', 'LegalHoldReleased');
