"""Settings: `HOIDAP_*` in the environment or in a `.env` file of the working folder."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_data_dir() -> Path:
    from platformdirs import user_data_path

    return user_data_path("hoidap", appauthor=False)


class Settings(BaseSettings):
    """Where things are kept; everything has a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="HOIDAP_", env_file=".env", extra="ignore")

    data_dir: Path = Field(default_factory=_default_data_dir)
    database_url: str | None = None
    # Names under which the server may be asked for; the machine's own always are. "*" for any.
    allowed_hosts: list[str] = []

    @property
    def catalog_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'catalog.sqlite3'}"
