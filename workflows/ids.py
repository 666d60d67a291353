"""The names that Temporal knows our work by, as functions, in one place. No personal data."""

from uuid import UUID

TASK_QUEUE = "escalera"
CASE_WORKFLOW = "CaseWorkflow"
WAKE = "wake"


def case_workflow_id(case_id: UUID) -> str:
    """Return the id of the one workflow of a case."""
    return f"case:{case_id}"
