"""The former place of `creditstorm.plugins.open_to`."""

from creditstorm.plugins import open_to

__all__ = ["open_to"]
