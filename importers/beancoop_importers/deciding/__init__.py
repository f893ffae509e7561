"""What waits on 499, decided by a person: what may explain it, the entry that settles it, and a rule for next time."""
