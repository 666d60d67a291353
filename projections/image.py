"""Everything the read tables hold about one case. The one place where rows are made."""

from projections.case_references import references
from projections.case_summary import summary
from projections.followed import Followed
from projections.person_cases import bindings
from projections.ports import CaseImage
from projections.worklist import work


def image(followed: Followed) -> CaseImage | None:
    """Return the image as of the last event; None for a stream that opens no case."""
    row = summary(followed)
    if row is None:
        return None
    return CaseImage(row=row, work=work(followed, row), people=bindings(followed), references=references(followed))
