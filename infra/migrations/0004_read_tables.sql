-- What the log says now, in rows: derived from it, never the truth, rebuilt at any time.
--
-- The schema is the version. A rebuild fills a schema of the same shape beside this one and takes its name; so there are
-- no constraints here that a copy by LIKE would not carry, and keys are unique indexes. Columns are the fields of the
-- records in application/read_ports.py, in their order.
CREATE SCHEMA read_tables;

CREATE TABLE read_tables.case_summary (
    case_id           uuid        NOT NULL,
    version           bigint      NOT NULL,
    position          bigint      NOT NULL,
    recorded_at       timestamptz NOT NULL,
    creditor_id       text        NOT NULL,
    reference         text        NOT NULL,
    portfolio         text        NOT NULL,
    currency          text        NOT NULL,
    country           text        NOT NULL,
    strategy          text        NOT NULL,
    collector         text        NOT NULL,
    placed_with       text        NOT NULL,
    partner           text        NOT NULL,
    stage             text        NOT NULL,
    stage_entry       integer     NOT NULL,
    stage_entered_at  timestamptz NOT NULL,
    opened_at         timestamptz NOT NULL,
    closure           text,
    closed_at         timestamptz,
    obligations       integer     NOT NULL,
    due_on            date,
    principal         bigint      NOT NULL,
    charged           bigint      NOT NULL,
    paid              bigint      NOT NULL,
    waived            bigint      NOT NULL,
    balance           bigint      NOT NULL,
    credit            bigint      NOT NULL,
    holds             integer     NOT NULL,
    held_until        timestamptz,
    promises_open     integer     NOT NULL,
    promise_due_on    date,
    promises_broken   integer     NOT NULL,
    promise_broken_at timestamptz,
    plan_open         boolean     NOT NULL,
    settlement_open   boolean     NOT NULL,
    disputes_open     integer     NOT NULL,
    tasks_open        integer     NOT NULL,
    contacts          integer     NOT NULL,
    last_contact_at   timestamptz
);
CREATE UNIQUE INDEX case_summary_case ON read_tables.case_summary (case_id);
CREATE INDEX case_summary_portfolio ON read_tables.case_summary (portfolio, stage);
CREATE INDEX case_summary_reference ON read_tables.case_summary (creditor_id, reference);
CREATE INDEX case_summary_opened ON read_tables.case_summary (opened_at, case_id);
CREATE INDEX case_summary_collector ON read_tables.case_summary (collector) WHERE collector <> '';

CREATE TABLE read_tables.worklist (
    case_id        uuid        NOT NULL,
    item_id        text        NOT NULL,
    kind           text        NOT NULL,
    task_kind      text        NOT NULL,
    channel        text,
    since          timestamptz NOT NULL,
    creditor_id    text        NOT NULL,
    reference      text        NOT NULL,
    portfolio      text        NOT NULL,
    collector      text        NOT NULL,
    stage          text        NOT NULL,
    currency       text        NOT NULL,
    balance        bigint      NOT NULL,
    points_balance integer     NOT NULL,
    points_stage   integer     NOT NULL,
    points_kind    integer     NOT NULL
);
CREATE UNIQUE INDEX worklist_item ON read_tables.worklist (case_id, kind, item_id);
CREATE INDEX worklist_portfolio ON read_tables.worklist (portfolio, collector);

CREATE TABLE read_tables.person_cases (
    person_id uuid NOT NULL,
    case_id   uuid NOT NULL,
    role      text NOT NULL
);
CREATE UNIQUE INDEX person_cases_person ON read_tables.person_cases (person_id, case_id);
CREATE INDEX person_cases_case ON read_tables.person_cases (case_id);

-- Cases that are not followed any more, because of an event that could not be read, folded or written.
CREATE TABLE read_tables.parked_cases (
    case_id   uuid        NOT NULL,
    position  bigint      NOT NULL,
    error     text        NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX parked_cases_case ON read_tables.parked_cases (case_id);

-- Up to where the log has been seen; written in the same transaction as the rows.
CREATE TABLE read_tables.position (position bigint NOT NULL);
INSERT INTO read_tables.position VALUES (0);
