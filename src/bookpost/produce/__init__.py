"""Sources + options → stored documents: the one place that joins ingest, convert and library.

    store_articles ─▶ Request ─▶ Productions (a durable row) ─▶ Workshop (a child process) ─▶ Documents

Once a request's row is committed, the sources it was made from are not needed any more, and no kill loses it.
"""
