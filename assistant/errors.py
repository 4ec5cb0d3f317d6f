"""What the assistant raises on purpose, besides ingest's errors. Messages are Vietnamese.

HoidapError
├── BadQuestion          empty, too long, or not text: says what to change
├── UnknownConversation  deleted or never there
└── NotReady             no index is open; says why and what to do
"""

from ingest.errors import HoidapError


class BadQuestion(HoidapError):
    pass


class UnknownConversation(HoidapError):
    pass


class NotReady(HoidapError):
    pass
