"""How satisfied are they? Rates, top boxes, means, NPS, composites and comparisons with targets."""
