-- Requests for a second person's word about people, and what becomes of them, found without reading the log.
CREATE INDEX events_person_requests ON events (originator_id, originator_version)
    WHERE topic IN (
        'PersonApprovalRequested', 'PersonApprovalGiven', 'PersonApprovalRefused', 'PersonApprovalWithdrawn',
        'PersonExported', 'PersonForgotten');
