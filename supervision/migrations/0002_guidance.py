import django.core.validators
import django.db.models.deletion
import supervision.models.parts
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('supervision', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='contact_within_days',
            field=models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(1)], verbose_name='超过多少个工作日未联系须提示'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='units_see_contacts',
            field=models.BooleanField(default=False, verbose_name='单位可见日常督导的日期和方式'),
        ),
        migrations.AlterField(
            model_name='approvalroute',
            name='document',
            field=models.CharField(choices=[('inspection', '督导检查'), ('feedback_form', '反馈单'), ('rectification_plan', '整改方案'), ('closure_sheet', '销号单'), ('advice', '工作建议')], max_length=24, verbose_name='文书'),
        ),
        migrations.CreateModel(
            name='ContactWay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_rows', to='supervision.campaign')),
                ('code', models.SlugField(max_length=64, verbose_name='代码')),
                ('name', models.CharField(max_length=128, verbose_name='名称')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='顺序')),
            ],
            options={
                'ordering': ['order', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'code'), name='contactway_code')],
            },
        ),
        migrations.CreateModel(
            name='DraftKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_rows', to='supervision.campaign')),
                ('code', models.SlugField(max_length=64, verbose_name='代码')),
                ('name', models.CharField(max_length=128, verbose_name='名称')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='顺序')),
            ],
            options={
                'ordering': ['order', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'code'), name='draftkind_code')],
            },
        ),
        migrations.CreateModel(
            name='DailyRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.campaign')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.body')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.team')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.unit')),
                ('phase', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.phase', verbose_name='环节')),
                ('focus', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.focus', verbose_name='督导重点')),
                ('way', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.contactway', verbose_name='督导方式')),
                ('status', models.CharField(choices=[('recorded', '已记录'), ('to_follow', '待跟进'), ('followed_up', '已跟进'), ('voided', '已作废')], default='recorded', max_length=16, verbose_name='状态')),
                ('happened_on', models.DateField(verbose_name='日期')),
                ('counterpart', models.CharField(blank=True, max_length=128, verbose_name='对方人员')),
                ('content', models.TextField(verbose_name='了解到的情况')),
                ('follow_up', models.CharField(blank=True, choices=[('', '不需要'), ('advice', '提出工作建议'), ('next_visit', '下次检查时查看'), ('problem', '列为问题')], default='', max_length=16, verbose_name='后续')),
                ('follow_up_note', models.TextField(blank=True, verbose_name='后续内容')),
                ('outcome', models.TextField(blank=True, verbose_name='跟进结果')),
                ('taken_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='daily_records', to='supervision.inspection', verbose_name='督导检查')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_at', models.DateTimeField(verbose_name='录入时间')),
            ],
            options={
                'verbose_name': '日常督导记录',
                'indexes': [models.Index(fields=['campaign', '-happened_on', '-id'], name='daily_by_campaign'), models.Index(fields=['body', '-happened_on', '-id'], name='daily_by_body'), models.Index(fields=['team', '-happened_on', '-id'], name='daily_by_team'), models.Index(fields=['unit', '-happened_on', '-id'], name='daily_by_unit')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['recorded', 'to_follow', 'followed_up', 'voided'])), name='daily_status_known'), models.CheckConstraint(condition=models.Q(('follow_up__in', ['', 'advice', 'next_visit', 'problem'])), name='daily_follow_up_known')],
            },
        ),
        migrations.CreateModel(
            name='DailyAddition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='additions', to='supervision.dailyrecord')),
                ('text', models.TextField(verbose_name='更正补充')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '更正补充',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Advice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.campaign')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.body')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.team')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.unit')),
                ('phase', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.phase', verbose_name='环节')),
                ('inspection', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='advice', to='supervision.inspection', verbose_name='督导检查')),
                ('daily_record', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='advice', to='supervision.dailyrecord', verbose_name='日常督导记录')),
                ('status', models.CharField(choices=[('draft', '草稿'), ('pending_signoff', '待审签'), ('issued', '待回复'), ('answered', '已回复'), ('closed', '已办结'), ('withdrawn', '已撤回')], default='draft', max_length=16, verbose_name='状态')),
                ('number', models.CharField(blank=True, max_length=64, verbose_name='编号')),
                ('title', models.CharField(max_length=255, verbose_name='标题')),
                ('content', models.TextField(verbose_name='建议内容')),
                ('round', models.PositiveSmallIntegerField(default=0)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(verbose_name='起草时间')),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('signer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issued_at', models.DateTimeField(null=True, verbose_name='签发时间')),
                ('issued_on', models.DateField(null=True, verbose_name='签发日期')),
                ('due_on', models.DateField(null=True, verbose_name='回复时限')),
                ('original_due_on', models.DateField(null=True, verbose_name='原定时限')),
                ('clock', models.CharField(choices=[('none', '无'), ('unit', '单位'), ('team', '督导组'), ('office', '办公室')], default='none', max_length=8, verbose_name='计时方')),
                ('clock_due_on', models.DateField(null=True, verbose_name='办理时限')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='办结时间')),
                ('remark', models.TextField(blank=True, verbose_name='阅后意见')),
            ],
            options={
                'verbose_name': '工作建议',
                'indexes': [models.Index(fields=['campaign', '-created_at', '-id'], name='advice_by_campaign'), models.Index(fields=['body', '-created_at', '-id'], name='advice_by_body'), models.Index(fields=['team', '-created_at', '-id'], name='advice_by_team'), models.Index(fields=['unit', '-created_at', '-id'], name='advice_by_unit')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'pending_signoff', 'issued', 'answered', 'closed', 'withdrawn'])), name='advice_status_known'), models.CheckConstraint(condition=models.Q(('clock__in', ['none', 'unit', 'team', 'office'])), name='advice_clock_known'), models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('campaign', 'number'), name='advice_number')],
            },
        ),
        migrations.CreateModel(
            name='AdviceAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('advice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='supervision.advice')),
                ('stance', models.CharField(choices=[('adopted', '采纳'), ('partly', '部分采纳'), ('not_now', '暂不采纳')], max_length=16, verbose_name='采纳情况')),
                ('text', models.TextField(verbose_name='回复内容')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('answered_at', models.DateTimeField(verbose_name='回复时间')),
                ('is_late', models.BooleanField(default=False, verbose_name='逾期回复')),
            ],
            options={
                'verbose_name': '回复',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('stance__in', ['adopted', 'partly', 'not_now'])), name='answer_stance_known')],
            },
            bases=(supervision.models.parts.PartOfRow, models.Model),
        ),
        migrations.CreateModel(
            name='FiledDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.campaign')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.body')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.team')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.unit')),
                ('phase', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.phase', verbose_name='环节')),
                ('draft_kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.draftkind', verbose_name='材料种类')),
                ('status', models.CharField(choices=[('to_read', '待审阅'), ('read', '已审阅'), ('adopted', '已定稿'), ('withdrawn', '已撤回')], default='to_read', max_length=16, verbose_name='状态')),
                ('title', models.CharField(max_length=255, verbose_name='名称')),
                ('adopt_on', models.DateField(verbose_name='拟定稿日期')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='版次')),
                ('filed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('filed_at', models.DateTimeField(verbose_name='送审时间')),
                ('clock', models.CharField(choices=[('none', '无'), ('unit', '单位'), ('team', '督导组'), ('office', '办公室')], default='team', max_length=8, verbose_name='计时方')),
                ('clock_due_on', models.DateField(null=True, verbose_name='办理时限')),
                ('adopted_on', models.DateField(null=True, verbose_name='定稿日期')),
                ('how_taken', models.TextField(blank=True, verbose_name='意见采纳情况')),
                ('adopted_unread', models.BooleanField(default=False, verbose_name='定稿前未审阅')),
            ],
            options={
                'verbose_name': '送审材料',
                'indexes': [models.Index(fields=['campaign', '-filed_at', '-id'], name='filed_draft_by_campaign'), models.Index(fields=['body', '-filed_at', '-id'], name='filed_draft_by_body'), models.Index(fields=['team', '-filed_at', '-id'], name='filed_draft_by_team'), models.Index(fields=['unit', '-filed_at', '-id'], name='filed_draft_by_unit')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['to_read', 'read', 'adopted', 'withdrawn'])), name='filed_draft_status_known'), models.CheckConstraint(condition=models.Q(('clock__in', ['none', 'unit', 'team', 'office'])), name='filed_draft_clock_known')],
            },
        ),
        migrations.CreateModel(
            name='DraftVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='supervision.fileddraft')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('summary', models.TextField(blank=True, verbose_name='内容摘要')),
                ('is_final', models.BooleanField(default=False, verbose_name='定稿')),
                ('filed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('filed_at', models.DateTimeField(verbose_name='送审时间')),
            ],
            options={
                'verbose_name': '送审版次',
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('draft', 'number'), name='draft_version_number')],
            },
            bases=(supervision.models.parts.PartOfRow, models.Model),
        ),
        migrations.CreateModel(
            name='DraftReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reading', to='supervision.draftversion')),
                ('verdict', models.CharField(choices=[('no_comment', '无意见'), ('comments', '有修改意见')], max_length=16, verbose_name='审阅结论')),
                ('comments', models.TextField(blank=True, verbose_name='修改意见')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('read_at', models.DateTimeField(verbose_name='审阅时间')),
                ('is_late', models.BooleanField(default=False, verbose_name='逾期审阅')),
            ],
            options={
                'verbose_name': '审阅意见',
                'constraints': [models.CheckConstraint(condition=models.Q(('verdict__in', ['no_comment', 'comments'])), name='reading_verdict_known')],
            },
            bases=(supervision.models.parts.PartOfRow, models.Model),
        ),
    ]
