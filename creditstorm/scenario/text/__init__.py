"""Between text and scenario: YAML in and out, overrides, JSON Schema, and messages that say where and what."""
