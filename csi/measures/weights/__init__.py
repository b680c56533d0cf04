"""How much should each indicator count? Judgements, spread, answers and regressions as sources of weights."""
