"""What courses refuse."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound


class CourseNotFound(NotFound):
    """没有找到该课程。
    There is no such course."""


class CourseSessionNotFound(NotFound):
    """没有找到该班次。
    There is no such session of a course."""


class PlaceNotFound(NotFound):
    """没有找到该报名记录。
    There is no such place in a session."""


class MeetingNotFound(NotFound):
    """没有找到该节课。
    There is no such meeting of a session."""


class ClaimNotFound(NotFound):
    """没有找到该补贴申请。
    There is no such subsidy claim."""


class ProgrammeNotFound(Invalid):
    """没有「{programme}」这一资助项目，或它当日不适用。
    There is no funding programme "{programme}" on that day."""


class CourseNotOffered(Conflict):
    """该课程未开放，不能开班。
    The course is not published: no session of it can be planned."""


class MeetingsDoNotFit(Invalid):
    """课次须在将来、按时间先后、互不重叠，理论和实操学时须与课程一致（理论 {theory} 分钟，实操 {practice} 分钟）。
    Meetings lie in the future, in order, without overlap, and add up to the course: {theory} minutes of theory and
    {practice} of practice."""


class TrainerUnknown(Invalid):
    """该账号不是培训老师。
    That account is no trainer's."""


class NotYourSession(Forbidden):
    """只有本班老师或妇联可以操作。
    Only this session's trainer or the federation may do this."""


class EnrolmentClosed(Conflict):
    """报名已截止（{until}）。
    Enrolment closed at {until}."""


class AlreadyEnrolled(Conflict):
    """她已在本班报名或排队。
    She has a place in this session or waits for one."""


class NotEligible(Conflict):
    """不符合报名条件：{reasons_zh}。
    She does not meet the conditions: {reasons_en}."""


class ConsentRequired(Invalid):
    """代为报名须写明她本人同意的方式。
    To enrol somebody for her, say how she agreed."""


class OfferOver(Conflict):
    """名额保留至 {until}，现已过期；如仍想参加，请重新排队。
    The seat was kept until {until}; to come all the same, join the list again."""


class SeatsTooFew(Conflict):
    """已有 {taken} 人占用名额，名额不能少于此数。
    {taken} seats are taken; there can't be fewer."""


class TooEarly(Conflict):
    """第一节课开始前不能开班。
    It begins when its first meeting does."""


class DoorCodeWrong(Invalid):
    """签到码无效或已过期，请重新扫描门口屏幕上的二维码。
    The code is wrong or over; scan the one on the screen at the door again."""


class NotMeetingTime(Conflict):
    """现在不是本节课的签到时间（课前 30 分钟至下课）。
    One signs in from 30 minutes before a meeting until its end."""


class NotEnrolledHere(Conflict):
    """她没有在本班报名，也不能在本节课补课。
    She is not enrolled in this session and can't make up for a meeting of hers here."""


class AttendanceTooLow(Conflict):
    """出勤 {attended}%，未达到考核要求的 {least}%；请先补课。
    She attended {attended} percent; {least} is asked for before assessment. Let her make up for what she missed."""


class AlreadyPassedPart(Conflict):
    """这一部分已合格。
    She has passed this part already."""


class ResitTooSoon(Conflict):
    """补考须在 {day} 及以后。
    She can re-sit from {day}."""


class NoAttemptsLeft(Conflict):
    """这一部分的考核次数已用完（{most} 次）。
    There are no attempts left: {most} are allowed."""


class AssessorNotIndependent(Forbidden):
    """实操考核不能由本班授课老师评分，也不能自己给自己评分。
    Practice is not assessed by who taught it, and nobody assesses herself."""


class NothingPassed(Conflict):
    """考核合格后才能申请补贴。
    A subsidy is claimed once the course is passed."""


class AlreadyClaimed(Conflict):
    """同一人同一项目每年只能申请一次，{year} 年已有申请。
    One claim a person, programme and year: there is one for {year}."""


class NotFunded(Conflict):
    """该课程不在「{programme}」的资助范围内。
    The course is not funded by "{programme}"."""


class ClaimEvidenceNotYours(Invalid):
    """请先上传证明材料（类型 evidence），再填写它的编号。
    Upload the evidence (kind evidence) first, and name it by its id."""


class ClaimSecondOfficer(Forbidden):
    """须由申请人之外的另一位妇联工作人员审核。
    Another officer than who claimed it must decide."""


class RosterColumnsMissing(Invalid):
    """表头须有「姓名」和「身份证号」两列。
    The header needs the columns 姓名 and 身份证号."""
