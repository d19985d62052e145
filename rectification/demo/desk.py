"""One case on the desk: who acts for whom, and each single act, made through the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from rectification.demo import papers
from rectification.demo.plot import DELEGATE, PAPER, Account, Case, Work
from rectification.demo.stage import Stage
from rectification.enums import MeasureState, ReportedProgress, VerificationWay
from rectification.models.item import RectificationItem
from rectification.services import closure, evidence, items, measures, plans, reports, verification
from supervision.core import files
from supervision.services import signing
from supervision.vocabulary import vocabulary_of

PLACE = "单位会议室"
EFFECT = "问题已经整改到位，措施有落实、有记录，干警反映较好。"
OPINION = "经审核，整改措施已落实，佐证材料齐全，同意销号。"
REFUSAL = "核验记录没有写明查看了哪些原始材料，请补充核验后再报。"
RETURNS = (
    "佐证材料只有会议通知，没有会议纪要和落实情况，请补充后重新报送。",
    "补充材料与整改措施对应不上，请逐条说明落实情况并附记录。",
)
PLAN_RETURN = "原因分析停留在表面，请结合本单位实际深入查找，措施要明确到人。"


class Desk:
    """The people and rows of one case. Items are known once the form is issued."""

    def __init__(self, stage: Stage, case: Case) -> None:
        self.stage, self.case = stage, case
        self.unit = stage.units[case.unit]
        assert self.unit.team is not None
        self.team = self.unit.team.code
        self.form = 0
        self.items: list[int] = []
        self.reports: dict[Account, int] = {}

    # --- people and time ----------------------------------------------------------------------------------------------

    def person(self, suffix: str) -> User:
        return self.stage.people[f"{self.team}-{suffix}"]

    @property
    def lead(self) -> User:
        return self.person("lead")

    @property
    def member(self) -> User:
        return self.person("member")

    @property
    def second(self) -> User:
        return self.person("member-2")

    @property
    def liaison(self) -> User:
        return self.stage.people[self.unit.code]

    @property
    def head(self) -> User:
        return self.stage.people[f"{self.unit.code}-head"]

    @property
    def body_office(self) -> User:
        return self.stage.people[f"{self.unit.body.code}-office"]

    @property
    def drafter(self) -> User:
        return self.stage.people["office"] if self.case.is_central else self.member

    @property
    def signer(self) -> User:
        return self.stage.people["office-lead"] if self.case.is_central else self.lead

    def decider(self, work: Work) -> User:
        """Who approves the plan: the leader; of key ones the office."""
        if not work.facts.is_key:
            return self.lead
        return self.stage.people["office"] if self.case.is_central else self.body_office

    def closer(self, work: Work) -> User:
        """Who strikes the item off: the body's office; of key ones the sponsor; of central ones the province's lead."""
        if self.case.is_central:
            return self.stage.people["office-lead"]
        return self.person("sponsor") if work.facts.is_key else self.body_office

    def at(self, after: int, hour: int, what: str = "") -> datetime:
        """A moment `after` working days after the issue."""
        return self.stage.at(self.case.issued - after, hour, f"{self.case.unit} {self.case.issued} {what}")

    def mark(self, what: str) -> int:
        """A number that makes a file of this case differ from every other."""
        return self.stage.chance(f"file {self.case.unit} {self.case.issued} {what}").randrange(1 << 16)

    def take_in(self, upload: papers.SimpleUploadedFile) -> files.ReceivedFile:
        return self.stage.keep(files.receive(upload))

    def sheet(self, signer: User, what: str, at: datetime) -> signing.PaperAct:
        """Something signed on paper that day, with its scan."""
        scan = self.take_in(papers.scan(f"{what}（扫描件）.png", self.mark(what)))
        return signing.PaperAct(signer, signer.name, signer.post, self.stage.campaign.day_of(at), scan)

    # --- the unit's work ----------------------------------------------------------------------------------------------

    def plan(self, number: int, work: Work, at: datetime) -> None:
        """Fill in the plan; hand it in, or begin at once where no plan is asked."""
        item = RectificationItem.objects.get(pk=self.items[number])
        hands_in = self.head if work.facts.is_key else self.liaison
        self.write_plan(item, work, at)
        if work.facts.is_immediate:
            plans.start_item(pk=item.pk, actor=self.liaison, at=at)
        else:
            plans.submit_plan(pk=item.pk, actor=hands_in, at=at)

    def write_plan(self, item: RectificationItem, work: Work, at: datetime) -> None:
        calendar = vocabulary_of(item.campaign_id).calendar
        on = self.stage.campaign.day_of(at)
        lines = [
            plans.MeasureLine(text, f"{self.unit.name}·{who}", min(item.due_on, calendar.add(on, 2 + 3 * place)))
            for place, (text, who) in enumerate(
                zip(work.facts.measures, ("政治部", "机关党委", "办公室"), strict=False)
            )
        ]
        plans.save_plan(
            pk=item.pk,
            actor=self.liaison,
            at=at,
            measures=() if item.measures.exists() else lines,
            goal=work.facts.goal,
            root_cause=work.facts.cause,
            responsible_leader=f"{self.unit.name}·分管领导",
            responsible_person=f"{self.unit.name}·政治部",
            lead_unit="政治部",
        )

    def return_plan(self, number: int, at: datetime) -> None:
        plans.return_plan(pk=self.items[number], actor=self.lead, at=at, note=PLAN_RETURN)

    def approve_plan(self, number: int, work: Work, at: datetime) -> None:
        plans.open_plan(pk=self.items[number], actor=self.decider(work), at=at)
        plans.approve_plan(pk=self.items[number], actor=self.decider(work), at=at)

    def tell_progress(self, number: int, work: Work, at: datetime) -> None:
        text = f"已{work.facts.measures[0]}，正在按计划推进。"
        first = self.measures_of(number)[0]
        update = measures.MeasureUpdate(first, MeasureState.DOING, "正在推进")
        items.note_progress(pk=self.items[number], actor=self.liaison, at=at, text=text, measures=[update])

    def press(self, number: int, at: datetime) -> None:
        items.press_item(pk=self.items[number], actor=self.member, at=at)

    def finish(self, number: int, work: Work, at: datetime, again: int = 0) -> None:
        """Every measure done, and evidence that nobody else has handed in."""
        pk, what = self.items[number], f"{number} {again}"
        updates = [
            measures.MeasureUpdate(each, MeasureState.DONE, "已完成，有记录备查。") for each in self.measures_of(number)
        ]
        text = "各项整改措施已完成。" if not again else "已按补充要求完善材料。"
        items.note_progress(pk=pk, actor=self.liaison, at=at, text=text, measures=updates)
        evidence.add_evidence(
            pk=pk,
            actor=self.liaison,
            at=at,
            files=[self.proof(work, what, again)],
            description=work.facts.evidence,
        )

    def proof(self, work: Work, what: str, again: int) -> files.ReceivedFile:
        """A PDF, a photo or a text, whatever such evidence usually is."""
        name = work.facts.evidence + ("（补充）" if again else "")
        lines = [f"{self.unit.name}", name, f"（示例材料 {self.mark(what)}）"]
        if "照片" in name:
            return self.take_in(papers.photo(f"{name}.png", self.mark(what)))
        if self.mark(what) % 5 == 0:
            return self.take_in(papers.text(f"{name}.txt", lines))
        return self.take_in(papers.pdf(f"{name}.pdf", lines))

    def measures_of(self, number: int) -> list[int]:
        item = RectificationItem.objects.get(pk=self.items[number])
        return list(item.measures.values_list("pk", flat=True))

    # --- the report ---------------------------------------------------------------------------------------------------

    def draft_report(self, account: Account, at: datetime) -> None:
        chosen = [self.items[number] for number in account.works]
        report = reports.draft_report(pk=self.form, actor=self.liaison, at=at, items=chosen)
        self.reports[account] = report.pk
        told = {
            self.items[number]: (
                ReportedProgress.DONE,
                f"{self.case.works[number].facts.goal}各项措施已落实，佐证材料附后。",
            )
            for number in account.works
        }
        reports.edit_report(
            pk=report.pk,
            actor=self.liaison,
            at=at,
            title=report.title,
            overall=f"{self.unit.name}党组高度重视反馈问题整改，召开专题会议研究部署，明确责任分工，逐项推进落实。",
            rules_made="结合整改完善相关制度，并组织学习。",
            next_steps="持续巩固整改成果，防止问题反弹。",
            answers=told,
        )

    def send_report(self, account: Account, at: datetime) -> None:
        reports.send_report_for_signature(pk=self.reports[account], actor=self.liaison, at=at)

    def give_back(self, account: Account, at: datetime) -> None:
        note = "请补充各项措施的具体完成时间后再送签。"
        reports.give_back_report(pk=self.reports[account], actor=self.head, at=at, note=note)

    def sign_report(self, account: Account, way: str, at: datetime) -> None:
        pk = self.reports[account]
        if way == PAPER:
            sheet = self.sheet(self.head, "整改情况报告", at)
            reports.sign_report(pk=pk, actor=self.liaison, at=at, paper=sheet)
        elif way == DELEGATE:
            deputy = self.stage.people[f"{self.unit.code}-deputy"]
            reports.sign_report(pk=pk, actor=deputy, at=at)
        else:
            reports.sign_report(pk=pk, actor=self.head, at=at)

    def confirm_scan(self, account: Account, at: datetime) -> None:
        report = reports.Report.objects.get(pk=self.reports[account])
        signature = signing.latest(report, "report.sign")
        assert signature is not None
        signing.confirm_paper(pk=signature.pk, actor=self.member, at=at)

    def return_report(self, account: Account, at: datetime) -> None:
        note = "报告没有逐项说明整改措施的完成时间和责任人，请补充后重新签批报送。"
        reports.return_report(pk=self.reports[account], actor=self.lead, at=at, note=note)

    def approve_report(self, account: Account, at: datetime) -> None:
        reports.approve_report(pk=self.reports[account], actor=self.lead, at=at)

    def file_report(self, account: Account, at: datetime) -> None:
        reports.file_report(pk=self.reports[account], actor=self.body_office, at=at)

    def withdraw_report(self, account: Account, at: datetime) -> None:
        note = "事项尚未全部完成，待完成后另行起草。"
        reports.withdraw_report(pk=self.reports[account], actor=self.liaison, at=at, note=note)

    # --- the team and the office --------------------------------------------------------------------------------------

    def return_item(self, number: int, time: int, at: datetime) -> None:
        items.return_item(pk=self.items[number], actor=self.member, at=at, note=RETURNS[min(time, 1)])

    def second_verifier(self, work: Work) -> User:
        """Key items are confirmed by the leader."""
        return self.lead if work.facts.is_key else self.second

    def look(self, number: int, work: Work, at: datetime) -> None:
        """One member records what was seen; of key items on the spot."""
        way = VerificationWay.ON_SITE if work.facts.is_key or number % 2 == 0 else VerificationWay.DOCUMENTS
        verification.record_verification(
            pk=self.items[number],
            actor=self.member,
            at=at,
            way=way,
            verified_on=self.stage.campaign.day_of(at),
            place=self.unit.name,
            opinion="查看原始记录并随机了解，整改措施落实，情况属实。",
            results=[verification.SeenMeasure(pk, holds=True) for pk in self.measures_of(number)],
            second_verifier=self.second_verifier(work),
        )

    def verify(self, number: int, work: Work, at: datetime) -> None:
        """The second pair of eyes."""
        verification.verify_item(pk=self.items[number], actor=self.second_verifier(work), at=at)

    def refuse(self, number: int, work: Work, at: datetime) -> None:
        closure.refuse_close(pk=self.items[number], actor=self.closer(work), at=at, note=REFUSAL)

    def close(self, number: int, work: Work, at: datetime) -> None:
        ticked = [row.code for row in self.stage.words.close_requirements]
        closure.close_item(
            pk=self.items[number], actor=self.closer(work), at=at, effect=EFFECT, opinion=OPINION, ticked=ticked
        )

    def know_items(self) -> Sequence[int]:
        """The items that the issue of the form has opened, in the order of its problems."""
        found = RectificationItem.objects.filter(form_id=self.form).order_by("problem__order")
        self.items = list(found.values_list("pk", flat=True))
        return self.items
