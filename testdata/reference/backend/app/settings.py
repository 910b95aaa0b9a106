"""What the service is told by its environment."""

from pathlib import Path

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Each field is the environment variable of the same name in capitals.

    Secrets come as the paths of files, so that `docker inspect` and a crash report show none.
    """

    api_token_file: Path | None = None
    database_host: str | None = None
    database_port: int = 5432
    database_name: str = "chat"
    database_user: str = "chat"
    database_password_file: Path | None = None

    def api_token(self) -> str | None:
        return _secret(self.api_token_file)

    def database_password(self) -> str | None:
        return _secret(self.database_password_file)


def _secret(path: Path | None) -> str | None:
    return path.read_text(encoding="utf-8").strip() if path else None
