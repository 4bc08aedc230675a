"""What the SEC publishes: requests for it, and readers of what comes back."""
