"""Pages of reports in prose, and of promises."""
