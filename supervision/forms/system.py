"""Input of the system page. Shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.core.schedules import Job


class ScheduleForm(forms.Form):
    minutes = forms.IntegerField(label=_("每隔多少分钟运行一次"), min_value=1)
    enabled = forms.BooleanField(label=_("启用"), required=False)

    def for_job(self, job: Job) -> "ScheduleForm":
        """Say what is allowed before it is refused."""
        self.fields["minutes"].help_text = _("1至%(most)d。") % {"most": job.most}
        return self
