"""What documents refuse."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound


class DocumentNotFound(NotFound):
    """没有找到这份证件。
    There is no such document."""


class ValidityRequired(Invalid):
    """此类证件须填写有效期。
    This kind of document needs the day it is valid until."""


class InsuranceClassRequired(Invalid):
    """保险须填写职业类别（1–4）。
    Insurance needs its occupational class, 1 to 4."""


class ConclusionRequired(Invalid):
    """背景核查须填写结论和追溯年限。
    A background check needs its conclusion and how many years it looks back."""


class NoCertificate(Invalid):
    """只有证书才填写职业。
    Only a certificate names an occupation."""


class ImageNotYours(Invalid):
    """请先上传证件图片，再填写它的编号。
    Upload the document's image first, and name it by its id."""


class IssuedHere(Conflict):
    """这是本平台颁发的证书，只能按证书编号 {serial} 吊销。
    This certificate was issued here: it is revoked by its serial {serial}."""


class OwnDocument(Forbidden):
    """不能审核自己登记的证件。
    You can't review a document you recorded yourself."""


class ReasonRequired(Invalid):
    """不通过须写明原因。
    A rejection needs its reason."""
