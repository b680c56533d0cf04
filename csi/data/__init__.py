"""What was asked, and what was answered? Codebooks, surveys, samples, careless answers, weights, plans."""
