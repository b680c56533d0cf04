"""What moves satisfaction? Regressions, importances, asymmetry, expectations, and what an improvement would bring."""
