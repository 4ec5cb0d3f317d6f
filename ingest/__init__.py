"""From files to an index generation: read, clean, structure, passages, catalog, index."""
