"""Reading a list is a job."""

from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.staffing import service as staffing


@jobs.task(staffing.JOB)
def run_import(import_id: str) -> None:
    """Read a kept list to its end."""
    staffing.run(import_id=UUID(import_id))
