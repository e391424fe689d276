"""Tables of courses."""

from qiaojiejie.courses.models.catalogue import Course, FundingProgramme
from qiaojiejie.courses.models.places import CourseAttendance, CourseMark, CoursePlace, SubsidyClaim
from qiaojiejie.courses.models.sessions import CourseMeeting, CourseSession

__all__ = ["Course", "CourseAttendance", "CourseMark", "CourseMeeting", "CoursePlace", "CourseSession",
           "FundingProgramme", "SubsidyClaim"]
