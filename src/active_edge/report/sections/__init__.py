"""The parts of a run page, one module each idea: a record in, a `Section` out."""
