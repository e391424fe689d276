"""catalog, booking, calendars: engagements of some hours a day, by shift, for a due date, with days on trial.

Which day counts, shifts, factors and days on trial there are is this product's own choice after what firms publish.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"

SINCE = date(2020, 1, 1)
DAY, NIGHT, WHOLE = (
    {"shift": "day", "name": "日班", "from": "08:00", "until": "20:00", "permille": 1000},
    {"shift": "night", "name": "夜班", "from": "20:00", "until": "08:00", "permille": 1100},
    {"shift": "whole", "name": "全天", "from": "08:00", "until": "08:00", "permille": 1600},
)
SHIFTS = [  # code, name, English name, category, its name, other words, shifts
    ("companion_shift", "陪护·日夜班", "Keeping company by day or night", "elder", "养老照护",
     ["夜间陪护", "日间陪护", "陪夜"], [DAY, NIGHT, WHOLE]),
    ("patient_care_shift", "病患陪护·日夜班", "Patient care by day or night", "patient", "病患陪护",
     ["夜班护工", "日班护工", "全天护工", "医院陪夜"], [DAY, NIGHT, WHOLE]),
]
#: what a mode is offered with, beside what its terms say already: days a due date is held before and after, thousandths
#: for twins, days on trial, days for a replacement
MORE = {"package": (3, 1500, 3, 3), "monthly": (0, 1000, 3, 3), "live_in": (0, 1000, 3, 3)}
MODES = "mode IN ('hourly', 'package', 'monthly', 'live_in'{})"
BY_DAYS = "mode IN ('package', 'monthly', 'live_in'{})"


def upgrade() -> None:
    """Several intervals of one engagement; more terms; shifts."""
    op.drop_index("ix_worker_interval_ref", "worker_interval")
    op.create_index("ix_worker_interval_ref", "worker_interval", ["ref", sa.text("lower(during)")], unique=True)
    op.add_column("service", sa.Column("day_counts", postgresql.ARRAY(sa.BigInteger()), nullable=False,
                                       server_default=sa.text("'{}'")))
    op.add_column("service", sa.Column("shifts", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'")))
    for name, default in (("window_days", 0), ("twins_permille", 1000), ("trial_days", 0), ("replacement_days", 0)):
        op.add_column("engagement_terms", sa.Column(name, sa.BigInteger(), nullable=False,
                                                    server_default=sa.text(str(default))))
    op.create_check_constraint(
        op.f("ck_engagement_terms_more"), "engagement_terms",
        "window_days BETWEEN 0 AND 30 AND twins_permille >= 1000 AND trial_days >= 0 AND replacement_days >= 0")
    for table, checks in (("service", MODES), ("engagement_terms", BY_DAYS)):
        op.drop_constraint(op.f(f"ck_{table}_mode"), table)
        op.create_check_constraint(op.f(f"ck_{table}_mode"), table, checks.format(", 'shift'"))
    op.add_column("booking", sa.Column("window_ends", sa.Date(), nullable=True))
    op.add_column("booking", sa.Column("balance_begun_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_booking_window", "booking", ["window_ends"], postgresql_where=sa.text("state = 'confirmed'"))
    _fill()


def _fill() -> None:
    op.execute("UPDATE service SET day_counts = '{13, 26, 42}' WHERE code = 'maternity_nurse'")
    for mode, (window, twins, trial, replacement) in MORE.items():
        op.execute(sa.text(
            "UPDATE engagement_terms SET window_days = :window, twins_permille = :twins, trial_days = :trial,"
            " replacement_days = :replacement WHERE mode = :mode").bindparams(
                window=window, twins=twins, trial=trial, replacement=replacement, mode=mode))
    tables = sa.MetaData()
    tables.reflect(op.get_bind(), only=["service", "engagement_terms"])
    op.bulk_insert(tables.tables["engagement_terms"], [{
        "mode": "shift", "valid_from": SINCE, "deposit_permille": 0, "balance_days": 0, "holiday_times": 1,
        "half_minutes": 360, "early_permille": 0, "window_days": 0, "twins_permille": 1000, "trial_days": 0,
        "replacement_days": 0}])
    last = op.get_bind().execute(sa.text("SELECT max(position) FROM service")).scalar_one()
    op.bulk_insert(tables.tables["service"], [
        {"code": code, "name": name, "name_en": english, "category": category, "category_name": of, "mode": "shift",
         "unit": "day", "min_minutes": 720, "care": True, "insurance_class": 1, "aliases": words, "certificates": [],
         "day_counts": [], "shifts": shifts, "position": last + number}
        for number, (code, name, english, category, of, words, shifts) in enumerate(SHIFTS, start=1)])


def downgrade() -> None:
    """Take it back. Nobody may offer a shift, and no engagement may be of some hours a day."""
    op.drop_index("ix_booking_window", "booking")
    op.drop_column("booking", "balance_begun_at")
    op.drop_column("booking", "window_ends")
    op.execute("DELETE FROM engagement_terms WHERE mode = 'shift'")
    op.execute("DELETE FROM service WHERE mode = 'shift'")
    for table, checks in (("service", MODES), ("engagement_terms", BY_DAYS)):
        op.drop_constraint(op.f(f"ck_{table}_mode"), table)
        op.create_check_constraint(op.f(f"ck_{table}_mode"), table, checks.format(""))
    op.drop_constraint(op.f("ck_engagement_terms_more"), "engagement_terms")
    for name in ("replacement_days", "trial_days", "twins_permille", "window_days"):
        op.drop_column("engagement_terms", name)
    op.drop_column("service", "shifts")
    op.drop_column("service", "day_counts")
    op.drop_index("ix_worker_interval_ref", "worker_interval")
    op.create_index("ix_worker_interval_ref", "worker_interval", ["ref"], unique=True)
