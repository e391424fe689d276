"""What surveys refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class SurveyNotFound(NotFound):
    """没有找到该问卷调查。
    There is no such survey."""


class InvitationNotFound(NotFound):
    """没有找到该份问卷，请检查链接是否完整。
    There is no such questionnaire; see whether the link is whole."""


class SeriesNotFound(NotFound):
    """没有找到该系列的调查结果。
    There are no results of that series."""


class ResultsNotReady(NotFound):
    """调查结束后才公布结果。
    Results are published once the survey is closed."""


class AlreadyHeld(Conflict):
    """{year} 年已有该系列的调查。
    There is a survey of this series for {year} already."""


class QuestionsDoNotFit(Invalid):
    """题目编号、选项编号不能重复，「满意」选项须在选项之中。
    Codes of questions and options are unique, and what counts as good is among the options."""


class FrameEmpty(Conflict):
    """没有可以抽样的对象，请检查时间范围或分层。
    There is nobody to draw from; see the period, or the strata."""


class FrameDoesNotFit(Invalid):
    """家庭调查须写明时间范围；现场调查须写明分层；企业调查两者都不要。
    A survey of families needs its period, one handed out its strata, one of firms neither."""


class SurveyDaysDoNotFit(Invalid):
    """截止日期须在今天或以后，{most} 天之内。
    The last day is today or later, {most} days from now at most."""


class SurveyNotOpen(Conflict):
    """该调查现在不能填写（截止 {until}）。
    This survey can't be answered now; its last day is {until}."""


class AlreadyAnswered(Conflict):
    """这份问卷已经提交，每份只能提交一次。
    This questionnaire was answered; each is answered once."""


class AnswersDoNotFit(Invalid):
    """请回答每一道题，并从所列选项中选择。
    Answer every question by one of its options."""


class NotHandedOut(Conflict):
    """家庭的问卷只以短信发给本人，不能代领链接。
    A family's questionnaire goes to its own phone alone."""


class RemindedAlready(Conflict):
    """最多提醒 {most} 次，且每天一次。
    One reminder a day, {most} in all."""
