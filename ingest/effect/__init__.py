"""When and how far a document holds: by its own words, and by what others do to it."""
