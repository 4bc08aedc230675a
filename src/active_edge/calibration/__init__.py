"""The test of the tests: false alarms and power of everything the reports print, on markets whose truth is known."""
