"""News of accounts for the apps above; sent inside the transaction of the act."""

from django.dispatch import Signal

password_set = Signal()  # account, actor (None: the system), at
