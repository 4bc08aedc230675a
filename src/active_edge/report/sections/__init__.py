"""The parts of a run page, one module each idea: a page in, a `Section` out."""
