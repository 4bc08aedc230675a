"""The article's claims and the published evidence on them, each with a verdict.

Pure: monthly returns and the stats of runs go in, findings come out. Reading files, the ledger and pages are the
run layer's.
"""
