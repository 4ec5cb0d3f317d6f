"""From a question to a verified answer: understand, retrieve, answer, verify, and the ways to ask."""
