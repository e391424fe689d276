"""What people come to the desk for."""

#: code → how people call it
SUBJECTS = {"elderly_care": "养老", "childcare": "育幼", "cleaning": "保洁", "matchmaking": "婚介", "health": "保健",
            "employment": "就业", "other": "其他"}
#: windows of a desk
WINDOWS = 20
