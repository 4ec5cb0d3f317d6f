"""A document's own structure: its header, and the units of its text under the addresses a person would write."""
