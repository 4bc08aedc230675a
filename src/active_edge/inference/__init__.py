"""Return series in, estimates with their uncertainty out; knows nothing of screens, YAML or markets."""
