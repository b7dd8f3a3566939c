"""Published figures: a sentence, its query and its value, approved by two, frozen, and open to everybody."""
