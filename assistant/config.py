"""Settings: `HOIDAP_*` in the environment or in a `.env` file of the working folder."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_data_dir() -> Path:
    from platformdirs import user_data_path

    return user_data_path("hoidap", appauthor=False)


class Settings(BaseSettings):
    """Where things are kept; everything has a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="HOIDAP_", env_file=".env", extra="ignore")

    data_dir: Path = Field(default_factory=_default_data_dir)
    database_url: str | None = None
    # A folder with the office's own names of bodies, indices and abbreviations, beside the bundled ones.
    vocabulary_dir: Path | None = None
    # Names under which the server may be asked for; the machine's own always are. "*" for any.
    allowed_hosts: list[str] = []
    # The path under which a proxy shows the pages (`/hoidap`), and the sites that may show them in a frame.
    root_path: str = Field(default="", pattern=r"^(/[\w.-]+)*$")
    widget_origins: list[str] = []
    # The code that administrators show to upload and remove documents over HTTP; without one nobody may.
    admin_token: SecretStr | None = None
    upload_limit_mb: PositiveInt = 100

    # A sentence-transformers model in place of the bundled one, by folder or by name where it was downloaded before;
    # how it wants its texts is known for many, told by its files for others, and can be said here.
    embedding_model: str | None = None
    embedding_segmented: bool | None = None
    embedding_query_prefix: str | None = None
    embedding_passage_prefix: str | None = None
    embedding_max_length: PositiveInt | None = None
    # A cross-encoder that has the last word on the order of the passages found.
    cross_encoder: str | None = None
    cross_encoder_segmented: bool | None = None
    cross_encoder_max_length: PositiveInt | None = None

    @property
    def catalog_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'catalog.sqlite3'}"
