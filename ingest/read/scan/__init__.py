"""Scanned pages: their image made ready, read by tesseract, and what it read weighed again."""
