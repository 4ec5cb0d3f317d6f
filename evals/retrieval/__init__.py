"""How well and how fast questions find the texts that answer them, over any collection with relevance judgements."""
