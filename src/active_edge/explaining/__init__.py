"""Why a screen picks whom it picks: what each rule removes, who just fails, why nobody passes, what changed."""
