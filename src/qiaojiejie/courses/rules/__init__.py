"""Who may enrol, what a session's meetings must be, attendance, marks, the code at the door. All pure."""
