"""Plain values of planning: rules and their meters, a proposal's content, what is amiss with it."""
