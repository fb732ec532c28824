"""Any HTML → clean content: an XHTML fragment in a small fixed vocabulary (see docs/reference/content.md)."""
