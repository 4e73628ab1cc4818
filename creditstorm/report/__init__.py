"""What people see of a run: figures, page, Markdown, JSON and the screen, all derived from `Summary` and `Timeline`."""
