"""The domain: applicants, evidence, scorecard, strategy, decisions and truth, all pure functions."""
