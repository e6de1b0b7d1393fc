"""The workshop page: its template, styles and scripts, and what joins them into one file."""
