"""Before people travel: plain pages on work, wages, housing, health insurance, school, and whom to call."""
