"""Everything that a run of ping tells, for who takes all of it."""

from __future__ import annotations

from .ping import Answer, Summary
from .ping_mishaps import ForeignMessage, LocalError, NoAnswerYet, ProbeError, ReceiveRefused, SendRefused
from .ping_rounds import AnsweredRound, FloodRound, ProbeLeft, Progress

PingResult = Answer | ProbeError | LocalError | SendRefused | ReceiveRefused | NoAnswerYet | Summary
"""What a run comes to, probe by probe."""
PingRecord = PingResult | ProbeLeft | FloodRound | AnsweredRound | ForeignMessage | Progress
"""That, and what is told on the way when it is asked for."""
