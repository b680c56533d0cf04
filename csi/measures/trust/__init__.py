"""Can the scale be trusted? Reliability, factors, agreement of raters."""
