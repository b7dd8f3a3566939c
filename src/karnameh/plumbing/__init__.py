"""Django mechanics that every context uses: refusals, deeds, seals, chores, logs."""
