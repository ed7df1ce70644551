"""How people decide."""

from datetime import date

from agent.domain.approval_report import ApprovalReport
from app.contract.model import Contract, Moment


class ApproverRow(Contract):
    person: str
    requests: int
    busiest_day: date | None
    busiest: int
    days_over_budget: int
    decisions: int
    quick: int
    always_quick: bool


class RuleHabitRow(Contract):
    rule: str
    approvals: int
    rejections: int
    never_rejects: bool


class RejectionRow(Contract):
    label: str
    person: str
    rule: str
    reason: str


class ApprovalReportRow(Contract):
    since: Moment
    until: Moment
    budget_per_day: int | None
    requests: int
    decided: int
    median_seconds: float | None
    p90_seconds: float | None
    approved_unchanged: float | None
    edited: float | None
    approvers: tuple[ApproverRow, ...]
    rules: tuple[RuleHabitRow, ...]
    rejections: tuple[RejectionRow, ...]
    comments: int
    refused: dict[str, int]

    @classmethod
    def of(cls, report: ApprovalReport) -> "ApprovalReportRow":
        return cls(
            since=report.since,
            until=report.until,
            budget_per_day=report.budget_per_day,
            requests=report.requests,
            decided=report.decided,
            median_seconds=report.median_time.total_seconds() if report.median_time is not None else None,
            p90_seconds=report.p90_time.total_seconds() if report.p90_time is not None else None,
            approved_unchanged=report.approved_unchanged,
            edited=report.edited,
            approvers=tuple(
                ApproverRow(
                    person=one.person, requests=one.requests, busiest_day=one.busiest_day, busiest=one.busiest,
                    days_over_budget=one.days_over_budget, decisions=one.decisions, quick=one.quick,
                    always_quick=one.always_quick,
                )
                for one in report.approvers
            ),
            rules=tuple(
                RuleHabitRow(rule=one.rule, approvals=one.approvals, rejections=one.rejections, never_rejects=one.never_rejects)
                for one in report.rules
            ),
            rejections=tuple(
                RejectionRow(label=one.label, person=one.person, rule=one.rule, reason=one.reason) for one in report.rejections
            ),
            comments=report.comments,
            refused=report.refused,
        )  # fmt: skip
