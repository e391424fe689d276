"""What staffing refuses: whole files, and what may be wrong with one row, in words a firm's clerk understands."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class ImportNotFound(NotFound):
    """没有找到这次导入。
    There is no such import."""


class NoHeader(Invalid):
    """没有找到表头：前 30 行中须有一行写明“姓名”“身份证号码”等列名。
    No header was found: one of the first 30 rows must name the columns, 姓名 and 身份证号码 among them."""


class NoRows(Invalid):
    """表头下面没有人员。
    There is nobody below the header."""


class ImportNotFinished(Conflict):
    """导入尚未完成，请稍后再试。
    The import is not finished yet."""


#: code → (Chinese, English); {value} is never a personal value
PROBLEMS = {
    "name_missing": ("没有填写姓名", "the name is missing"),
    "name_invalid": ("姓名不正确，请填写证件上的姓名", "this is not a name; give it as on the ID card"),
    "id_missing": ("没有填写身份证号码", "the ID number is missing"),
    "id_as_number": ("身份证号码被 Excel 存成了数字，最后几位已经丢失：请把这一列设为“文本”格式，再按身份证原件重新输入",
                     "the ID number was kept as a number and its last digits are lost: format the column as text and "
                     "type the number again from the card"),
    "id_length": ("身份证号码不是 18 位", "the ID number does not have 18 characters"),
    "id_check_digit": ("身份证号码最后一位校验不对，请对照原件逐位核对",
                       "the ID number's check digit is wrong; compare it with the card digit by digit"),
    "id_invalid": ("身份证号码中的地区或出生日期不正确", "the region or birthday in the ID number is wrong"),
    "under_age": ("未满 18 周岁，不能登记", "she is under 18"),
    "id_twice": ("同一身份证号码在表中出现了两次（第 {value} 行已有）", "the same ID number stands in row {value} already"),
    "sex_mismatch": ("性别与身份证号码不符，请核对两者",
                     "the sex does not match the ID number; compare both with the card"),
    "sex_invalid": ("性别请填“女”或“男”", "write 女 or 男 for the sex"),
    "phone_missing": ("没有填写手机号码", "the phone number is missing"),
    "phone_short": ("手机号码位数不够，应为 11 位", "the phone number is too short; it has 11 digits"),
    "phone_invalid": ("手机号码不正确，应为 11 位大陆手机号", "this is not a mainland mobile number of 11 digits"),
    "service_unknown": ("工种“{value}”不在服务目录中，请改用目录中的名称，如“日常保洁”“月嫂”“住家保姆”",
                        "the kind of work {value} is not in the catalogue; use a name from it"),
    "district_unknown": ("区域“{value}”不在平台服务范围，请填写区县名称，如“宿城区”",
                         "the district {value} is not one we serve; give a district or county by its name"),
    "date_unreadable": ("日期看不懂，请写成 2027-11-03 的样子", "the date can't be read; write it like 2027-11-03"),
    "class_invalid": ("保险职业类别应为 1 到 4", "the insurance class is 1 to 4"),
    "formula": ("单元格里是公式，请“粘贴为数值”", "the cell holds a formula; paste it as a value"),
    "too_long": ("内容过长，最多 500 字", "the text is too long; 500 characters at most"),
    "other_name": ("此身份证号码登记的是另一个姓名，请核对姓名和号码；如已改名，请在员工档案中修改",
                   "this ID number is on file under another name; check both, and change the file if she was renamed"),
    "elsewhere": ("此人仍在另一家企业名下，须先由原企业办理离职",
                  "she still works through another firm, which must record her leaving first"),
}


class Wrong(ValueError):
    """A cell that can't be taken: a code of PROBLEMS and the value its words need."""

    def __init__(self, code: str, value: str = "") -> None:
        self.code, self.value = code, value
        super().__init__(code)


def reason(code: str, column: str, value: str = "") -> dict[str, str]:
    """A problem as it is kept and told: code, the column's own name, the message in two languages."""
    chinese, english = PROBLEMS[code]
    return {"code": code, "column": column, "message_zh": chinese.format(value=value),
            "message_en": english.format(value=value)}
