"""The former place of `creditstorm.language.problems`."""

from creditstorm.language.problems import (
    PROBLEM,
    Path,
    Problem,
    as_custom,
    as_validation_error,
    key_path,
    not_among,
)

__all__ = ["PROBLEM", "Path", "Problem", "as_custom", "as_validation_error", "key_path", "not_among"]
