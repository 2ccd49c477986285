"""What screens may ask: queries (one method per question) and views (frozen answers with ``as_of``)."""
