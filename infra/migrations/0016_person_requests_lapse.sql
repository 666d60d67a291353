-- That a request's time was up is told by an event; it is found where the others are.
DROP INDEX events_person_requests;
CREATE INDEX events_person_requests ON events (originator_id, originator_version)
    WHERE topic IN (
        'PersonApprovalRequested', 'PersonApprovalGiven', 'PersonApprovalRefused', 'PersonApprovalWithdrawn',
        'PersonApprovalLapsed', 'PersonExported', 'PersonForgotten');
