"""What carries a document to its destination."""
