"""One self-contained page: every model's figures, checks and scores."""

from neurosim.report.page import write_report

__all__ = ["write_report"]
