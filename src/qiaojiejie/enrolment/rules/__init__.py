"""The arithmetic of enrolment: the grading standard, how a survey's list is read. Pure, no clock."""
