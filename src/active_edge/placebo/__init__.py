"""The placebo: a user's own strategy on worlds whose truth is known, for its own false alarms and power."""
