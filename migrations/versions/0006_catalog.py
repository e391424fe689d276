"""catalog: its tables, and the reference data every installation starts with.

Codes and names of regions are GB/T 2260; their centres are the seats' published positions, turned into WGS-84 and
rounded to about 10 m. Services follow the trade's usual division. Fees, tiers, shortest visits and insurance classes
are this product's own choices, dated so that a later migration can add others without touching these.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

SINCE = date(2020, 1, 1)

REGIONS = [  # code, name, English name, longitude, latitude (WGS-84)
    ("321302", "宿城区", "Sucheng District", 118.2735, 33.9391),
    ("321311", "宿豫区", "Suyu District", 118.3244, 33.9423),
    ("321322", "沭阳县", "Shuyang County", 118.7705, 34.1304),
    ("321323", "泗阳县", "Siyang County", 118.6760, 33.7129),
    ("321324", "泗洪县", "Sihong County", 118.2063, 33.4580),
]

CATEGORIES = {
    "cleaning": "保洁", "organising": "整理收纳", "maternity": "母婴护理", "elder": "养老照护", "patient": "病患陪护",
    "cooking": "家务烹饪", "education": "家庭教育", "moving": "搬家",
}

SERVICES = [  # code, name, English name, category, mode, unit, shortest in minutes, care, insurance class, aliases
    ("cleaning", "日常保洁", "Home cleaning", "cleaning", "hourly", "hour", 120, False, 2,
     ["保洁", "保洁员", "家庭保洁", "打扫卫生", "打扫", "清洁"]),
    ("deep_cleaning", "深度保洁", "Deep cleaning", "cleaning", "hourly", "hour", 180, False, 2,
     ["大扫除", "深度清洁", "全屋保洁"]),
    ("post_renovation", "开荒保洁", "Cleaning after renovation", "cleaning", "hourly", "hour", 240, False, 2,
     ["开荒", "装修后保洁", "新房开荒"]),
    ("appliance_cleaning", "家电清洗", "Appliance cleaning", "cleaning", "hourly", "visit", 60, False, 2,
     ["油烟机清洗", "空调清洗", "洗衣机清洗", "家电保洁"]),
    ("organising", "整理收纳", "Organising and storage", "organising", "hourly", "hour", 120, False, 1,
     ["收纳", "收纳师", "整理师", "收纳整理", "整理"]),
    ("maternity_nurse", "月嫂", "Maternity nurse", "maternity", "package", "day", 1440, True, 1,
     ["母婴护理", "母婴护理员", "母婴护理师", "月嫂服务"]),
    ("infant_care", "育婴", "Infant care", "maternity", "monthly", "month", 480, True, 1,
     ["育婴师", "育婴员", "育儿嫂", "带小孩", "带孩子", "看孩子", "婴幼儿照护"]),
    ("postnatal_recovery", "产后修复", "Postnatal recovery", "maternity", "hourly", "hour", 60, True, 1,
     ["产后康复", "产康", "产康师", "催乳", "催乳师"]),
    ("elder_care", "养老照护·半自理", "Elder care, partly independent", "elder", "monthly", "month", 480, True, 1,
     ["养老护理", "养老护理员", "护理老人", "照顾老人", "老人护理", "养老照护", "半自理老人", "居家养老"]),
    ("elder_care_full", "养老照护·不能自理", "Elder care, fully dependent", "elder", "monthly", "month", 480, True, 1,
     ["失能护理", "不能自理老人", "失能老人护理", "全护理"]),
    ("companion", "陪护", "Keeping company", "elder", "hourly", "hour", 120, True, 1,
     ["陪伴", "陪老人", "老人陪护", "陪诊"]),
    ("patient_care", "病患陪护", "Patient care", "patient", "hourly", "hour", 240, True, 1,
     ["护工", "医院陪护", "病人陪护", "住院陪护", "病人护理"]),
    ("cooking", "家务烹饪", "Cooking at home", "cooking", "hourly", "hour", 60, True, 1,
     ["做饭", "烧饭", "做饭阿姨", "烧饭阿姨", "家常菜", "烹饪", "厨娘"]),
    ("live_in_help", "住家保姆", "Live-in help", "cooking", "live_in", "month", 1440, True, 1,
     ["保姆", "住家阿姨", "住家", "全天保姆"]),
    ("tutoring", "家庭教育", "Tutoring at home", "education", "hourly", "hour", 60, True, 1,
     ["家教", "陪读", "家庭教师", "家庭教育指导"]),
    ("moving", "搬家", "Moving house", "moving", "hourly", "visit", 120, False, 4,
     ["搬运", "搬家服务", "居民搬家"]),
    ("hourly_help", "钟点工", "Help by the hour", "cleaning", "hourly", "hour", 120, False, 2,
     ["小时工", "计时工", "家务", "家务服务", "家政服务员"]),
]

FEES = [  # line, service (None: every service without a rule of its own), permille of the wage, fixed part in fen
    ("firm_fee", None, 150, 0),
    ("insurance", None, 0, 200),
    ("insurance", "moving", 0, 500),
    ("platform_fee", None, 20, 0),
]

#: free until a day before; 30 % until two hours before; half after that; all of it when nobody opens the door
STANDARD = {
    "code": "standard", "name": "标准取消规则",
    "tiers": [{"from_minutes": 1440, "permille": 0}, {"from_minutes": 120, "permille": 300},
              {"from_minutes": 0, "permille": 500}],
    "no_show_permille": 1000, "grace_minutes": 5, "valid_from": SINCE,
}


def upgrade() -> None:
    """Create what catalog keeps."""
    op.create_table('cancellation_policy',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('tiers', postgresql.JSONB(), nullable=False),
    sa.Column('no_show_permille', sa.BigInteger(), nullable=False),
    sa.Column('grace_minutes', sa.BigInteger(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_cancellation_policy')),
    sa.UniqueConstraint('valid_from', name=op.f('uq_cancellation_policy_valid_from'))
    )
    op.create_table('region',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('lng', sa.Double(), nullable=False),
    sa.Column('lat', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_region'))
    )
    op.create_table('service',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('category_name', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('min_minutes', sa.BigInteger(), nullable=False),
    sa.Column('care', sa.Boolean(), nullable=False),
    sa.Column('insurance_class', sa.BigInteger(), nullable=False),
    sa.Column('aliases', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("mode IN ('hourly', 'package', 'monthly', 'live_in')", name=op.f('ck_service_mode')),
    sa.CheckConstraint("unit IN ('hour', 'visit', 'day', 'month')", name=op.f('ck_service_unit')),
    sa.CheckConstraint('insurance_class BETWEEN 1 AND 4', name=op.f('ck_service_insurance_class')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_service'))
    )
    op.create_table('fee_rule',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=True),
    sa.Column('permille', sa.BigInteger(), nullable=False),
    sa.Column('fixed_fen', sa.BigInteger(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.CheckConstraint("line IN ('firm_fee', 'insurance', 'platform_fee')", name=op.f('ck_fee_rule_line')),
    sa.CheckConstraint('permille >= 0 AND fixed_fen >= 0', name=op.f('ck_fee_rule_not_negative')),
    sa.ForeignKeyConstraint(['service_code'], ['service.code'], name=op.f('fk_fee_rule_service_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fee_rule'))
    )
    op.create_index('uq_fee_rule', 'fee_rule', ['line', 'service_code', 'valid_from'], unique=True,
                    postgresql_nulls_not_distinct=True)
    _fill()


def _fill() -> None:
    tables = sa.MetaData()
    tables.reflect(op.get_bind(), only=["region", "service", "fee_rule", "cancellation_policy"])
    op.bulk_insert(tables.tables["region"], [
        {"code": code, "name": name, "name_en": english, "city": "宿迁市", "lng": lng, "lat": lat}
        for code, name, english, lng, lat in REGIONS])
    op.bulk_insert(tables.tables["service"], [
        {"code": code, "name": name, "name_en": english, "category": category,
         "category_name": CATEGORIES[category], "mode": mode, "unit": unit, "min_minutes": shortest, "care": care,
         "insurance_class": insurance, "aliases": aliases, "position": position}
        for position, (code, name, english, category, mode, unit, shortest, care, insurance, aliases)
        in enumerate(SERVICES, start=1)])
    op.bulk_insert(tables.tables["fee_rule"], [
        {"line": line, "service_code": service, "permille": permille, "fixed_fen": fixed, "valid_from": SINCE}
        for line, service, permille, fixed in FEES])
    op.bulk_insert(tables.tables["cancellation_policy"], [STANDARD])


def downgrade() -> None:
    """Drop it."""
    op.drop_index('uq_fee_rule', table_name='fee_rule')
    op.drop_table('fee_rule')
    op.drop_table('service')
    op.drop_table('region')
    op.drop_table('cancellation_policy')
