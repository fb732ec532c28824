"""The world → Article: every way an article comes in."""
