"""News that travels upward, inside the transaction of the move (`send`, never `send_robust`).

Received by exactly one function of feedback/receivers.py, which calls one service.
"""

from django.dispatch import Signal

inspection_concluded = Signal()  # inspection, actor, at: draft the feedback form if it found problems
