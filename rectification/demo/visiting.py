"""The team at a unit: plan, log, problems, review, each act made through the services."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import User
from rectification.demo import papers
from rectification.demo.plot import Trouble
from rectification.demo.stage import Stage
from supervision.core import files
from supervision.enums import MethodKind, Nature, Outcome
from supervision.models.inspection import ChecklistResult, Inspection, InspectionRecord
from supervision.models.organisation import Unit
from supervision.models.vocabulary import Method
from supervision.services import inspection_records, inspections, planning, problems
from supervision.services.inspection_records import Counts, PointResult, Talk
from supervision.services.problems import Finding

CONTENT = {
    "听": "听取主要负责人关于教育整顿开展情况的汇报，并就任务清单落实情况提问。",
    "查": "查阅党组会议记录、学习教育台账和谈心谈话记录。",
    "访": "走访服务窗口和来访群众，了解对教育整顿工作的评价。",
    "谈": "与班子成员和干警代表个别谈话，了解学习和查摆情况。",
    "看": "查看宣传展板、学习园地和公示栏。",
    "议": "组内会商，对照督导要点逐项分析。",
    "评": "组织干警对教育整顿开展情况作满意度测评。",
    "考": "组织应知应会测试。",
}
COMMON = "现场了解教育整顿开展情况，核对任务清单和台账，形成记录。"
RETURN_NOTE = "问题的依据写得不够具体，请对照督导要点补充后再报。"
NEW_DAY_NOTE = "与单位重要会议时间冲突，经协商改期。"
CANCEL_NOTE = "该单位同日接受上级检查，取消本次督导，另行安排。"


class Visiting:
    """One visit and the people who make it."""

    def __init__(self, stage: Stage, unit: Unit, who: str) -> None:
        assert unit.team is not None
        self.stage, self.unit, self.who = stage, unit, who
        self.pk = 0
        self.lead, self.member, self.second, self.sponsor = (
            stage.people[f"{unit.team.code}-{suffix}"] for suffix in ("lead", "member", "member-2", "sponsor")
        )

    def mark(self, what: str) -> int:
        return self.stage.chance(f"visit {self.who} {what}").randrange(1 << 16)

    def photo(self, name: str) -> files.ReceivedFile:
        return self.stage.keep(files.receive(papers.photo(f"{name}.png", self.mark(name))))

    def methods(self) -> list[Method]:
        """The body's methods of a visit: one manner if it has any, and up to three that are recorded."""
        own = [row for row in self.stage.words.methods if row.body_id in (None, self.unit.body_id)]
        acts = [row for row in own if row.kind == MethodKind.ACT]
        first = self.mark("methods") % max(1, len(acts) - 2)
        return [row for row in own if row.kind == MethodKind.MANNER][:1] + acts[first : first + 3]

    def register(self, at: datetime, day: date, *, unannounced: bool = False, afterwards: bool = False) -> None:
        """A visit to come; `afterwards`: one that has been made already 补录."""
        foci = self.stage.words.foci
        inspection = planning.create_inspection(
            unit=self.unit,
            actor=self.member,
            at=at,
            phase=self.stage.phase_on(day),
            foci=foci[:2] if self.mark("foci") % 2 else foci,
            methods=self.methods(),
            planned_on=None if afterwards else day,
            happened_on=day if afterwards else None,
            is_unannounced=unannounced,
            present=[self.lead, self.member, self.second],
            purpose="了解教育整顿各项任务落实情况，重点督责任、督内容、督成效。",
        )
        self.pk = inspection.pk

    def approve(self, at: datetime, *, unannounced: bool = False) -> None:
        inspections.approve_inspection(pk=self.pk, actor=self.sponsor if unannounced else self.lead, at=at)

    def start(self, at: datetime) -> None:
        inspections.start_inspection(
            pk=self.pk, actor=self.member, at=at, present=[self.lead, self.member, self.second]
        )

    def postpone(self, at: datetime, day: date) -> None:
        inspections.postpone_inspection(pk=self.pk, actor=self.lead, at=at, note=NEW_DAY_NOTE, planned_on=day)

    def resume(self, at: datetime, day: date) -> None:
        inspections.resume_inspection(pk=self.pk, actor=self.lead, at=at, planned_on=day)

    def cancel(self, at: datetime) -> None:
        inspections.cancel_inspection(pk=self.pk, actor=self.lead, at=at, note=CANCEL_NOTE)

    # --- the log ------------------------------------------------------------------------------------------------------

    def log(self, at: datetime) -> None:
        """A record for every planned method of kind act, by two members in turn; the checklist; a talk."""
        planned = [row.method for row in Inspection.objects.get(pk=self.pk).methods.select_related("method")]
        acts = [method for method in planned if method.kind == MethodKind.ACT]
        for place, method in enumerate(acts):
            inspection_records.save_record(
                pk=self.pk,
                actor=(self.member, self.second)[place % 2],
                at=at,
                method=method,
                content=CONTENT.get(method.name, COMMON),
                counts=self.counts(method.name),
            )
        self.look_at_points(at)
        if self.mark("talk") % 3 == 0:
            self.talk(at)
        summary = "单位能够按照部署推进教育整顿，但在责任落实和工作标准上还有差距。"
        inspection_records.save_log(pk=self.pk, actor=self.member, at=at, summary=summary)

    def counts(self, method: str) -> Counts:
        number = self.mark(f"count {method}")
        if "谈" in method:
            return Counts(people_talked=4 + number % 9)
        if method in ("查", "查阅资料"):
            return Counts(files_read=12 + number % 40)
        if method in ("访", "明查暗访"):
            return Counts(households=2 + number % 6)
        if method == "考":
            return Counts(people_tested=30, people_passed=24 + number % 7)
        return Counts(satisfaction=Decimal(88 + number % 11)) if method == "评" else Counts()

    def look_at_points(self, at: datetime) -> None:
        inspection = Inspection.objects.get(pk=self.pk)
        points = inspection_records.points_of(inspection)[:4]
        found = [PointResult(point, looked_at=True, finding="已查看，有记录，落实程度不一。") for point in points]
        inspection_records.save_checklist(pk=self.pk, actor=self.second, at=at, results=found)

    def talk(self, at: datetime) -> None:
        talk = Talk(
            held_at=at - timedelta(minutes=50),
            place="小会议室",
            talker=self.lead.name,
            talked_to=f"{self.unit.name}·中层干部",
            recorder=self.second.name,
            topic="学习教育开展情况",
            points="介绍了本部门学习安排，建议增加交流研讨，减少集中读文件。",
            follow_up="汇总各单位意见后研究。",
        )
        inspection_records.save_talk(pk=self.pk, actor=self.second, at=at, talk=talk)

    def find(self, trouble: Trouble, at: datetime, *, mended: bool = False) -> None:
        """Register a problem; one mended before two members' eyes comes with its photo."""
        words = self.stage.words
        point = ChecklistResult.objects.filter(inspection_id=self.pk).first()
        finding = Finding(
            title=trouble.title,
            category=next(row for row in words.categories if row.code == trouble.category),
            severity=next(row for row in words.severities if row.code == trouble.severity),
            nature=Nature.COMMON if trouble.title.startswith("个别单位") else Nature.INDIVIDUAL,
            fact=trouble.fact,
            basis=trouble.basis,
            record=InspectionRecord.objects.filter(inspection_id=self.pk).first(),
            checklist_result=point,
            mended_on_spot=mended,
            mend=f"督导组在场时已整改：{trouble.measures[0]}。" if mended else "",
            witness=self.member if mended else None,
            second_witness=self.second if mended else None,
            shown_to=f"{self.unit.name}·联络员",
            shown_at=at,
            unit_view="事实清楚，没有异议。",
        )
        photos = [self.photo(f"当场整改照片 {trouble.title}")] if mended else []
        problems.save_problem(pk=self.pk, actor=self.member, at=at, finding=finding, photos=photos)

    def note(self, trouble: Trouble, at: datetime) -> None:
        """A problem just jotted down: its basis and its source are still to be written."""
        words = self.stage.words
        category = next(row for row in words.categories if row.code == trouble.category)
        severity = next(row for row in words.severities if row.code == trouble.severity)
        finding = Finding(title=trouble.title, category=category, severity=severity, fact=trouble.fact)
        problems.save_problem(pk=self.pk, actor=self.second, at=at, finding=finding)

    def add_photo(self, at: datetime) -> None:
        inspection_records.add_photo(pk=self.pk, actor=self.second, at=at, photo=self.photo("现场照片"))

    # --- review -------------------------------------------------------------------------------------------------------

    def submit(self, at: datetime) -> None:
        inspections.submit_inspection(pk=self.pk, actor=self.member, at=at)

    def give_back(self, at: datetime) -> None:
        inspections.return_inspection(pk=self.pk, actor=self.lead, at=at, note=RETURN_NOTE)

    def conclude(self, at: datetime, *, found: bool, by: User | None = None) -> None:
        inspections.note_opening(pk=self.pk, actor=by or self.lead, at=at)
        outcome = Outcome.FEEDBACK if found else Outcome.NONE_FOUND
        inspections.conclude_inspection(pk=self.pk, actor=by or self.lead, at=at, outcome=outcome)
