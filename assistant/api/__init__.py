"""HTTP: requests to calls and answers to responses, errors as RFC 9457 problems in Vietnamese."""

from assistant.api.app import MAX_BODY, create_app

__all__ = ["MAX_BODY", "create_app"]
