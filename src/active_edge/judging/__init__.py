"""One result to one judgement: estimates, verdict, and how far both would survive other choices."""
