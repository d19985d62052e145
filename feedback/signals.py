"""News that travels upward, inside the transaction of the move (`send`, never `send_robust`).

Each is received by exactly one function of rectification/receivers.py, which calls one service.
"""

from django.dispatch import Signal

form_issued = Signal()  # form, actor, at: open one item per problem
form_received = Signal()  # form, actor (None: deemed), at: assign the items
form_corrected = Signal()  # form, actor, at, note, dates: {problem_id: new due date or None}
form_cancelled = Signal()  # form, actor, at, note: cancel the items (withdrawn or voided)
