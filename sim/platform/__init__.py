"""A social platform: who uses it, what they write, who reads it, and what others think of it."""
