"""Everything that ingest raises on purpose. Messages are Vietnamese: what happened, with which value, what to do.

HoidapError
├── UnreadableFile      a file that can't become a document; it is quarantined and the run goes on
├── ModelProblem        a model that a setting names can't be loaded
├── WriterBusy          another process holds the writer lock
├── IndexProblem        no index, or one that can't be trusted
│   ├── NoIndex         nothing has been ingested yet
│   ├── DamagedIndex    a file is missing or changed
│   └── ForeignIndex    built with another model, segmenter or library version
└── StorageProblem      the database is away, the disk is full
"""


class HoidapError(Exception):
    """The message is shown to the user as it stands."""


class UnreadableFile(HoidapError):
    pass


def as_unreadable(error: Exception) -> UnreadableFile:
    """Any other trouble with one file, told as such: the other files are still read."""
    if isinstance(error, OSError):
        return UnreadableFile(f"Không đọc được tệp: {error.strerror or error}. Kiểm tra quyền đọc rồi nạp lại.")
    return UnreadableFile(
        f"Chương trình gặp lỗi khi đọc tệp ({type(error).__name__}: {error}). "
        "Hãy lưu lại tệp ở định dạng khác rồi nạp lại, và báo lỗi này cho người phát triển."
    )


class ModelProblem(HoidapError):
    pass


class WriterBusy(HoidapError):
    pass


class IndexProblem(HoidapError):
    pass


class NoIndex(IndexProblem):
    pass


class DamagedIndex(IndexProblem):
    pass


class ForeignIndex(IndexProblem):
    pass


class StorageProblem(HoidapError):
    pass
