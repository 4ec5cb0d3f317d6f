"""What the assistant raises on purpose, besides ingest's errors. Messages are Vietnamese.

HoidapError
├── BadQuestion          empty, too long, or not text: says what to change
├── UnknownConversation  deleted or never there
├── UnknownMessage       likewise
├── NotReady             no index is open; says why and what to do
├── NotAllowed           what only administrators may, or nobody where no code is set
├── WrongCode            an administrator's code that isn't the one
├── BadUpload            a file that can't be taken: no name, nothing in it
├── UploadTooLarge       past the limit that is told before
└── UploadsFull          too many wait already
"""

from ingest.errors import HoidapError


class BadQuestion(HoidapError):
    pass


class UnknownConversation(HoidapError):
    pass


class UnknownMessage(HoidapError):
    pass


class NotReady(HoidapError):
    pass


class NotAllowed(HoidapError):
    pass


class WrongCode(HoidapError):
    pass


class BadUpload(HoidapError):
    pass


class UploadTooLarge(HoidapError):
    pass


class UploadsFull(HoidapError):
    pass
