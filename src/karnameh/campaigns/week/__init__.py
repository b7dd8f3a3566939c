"""The calendar: the board, the planner at work, programmes, feeds."""
