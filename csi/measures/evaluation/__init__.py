"""Which of several is better by several criteria? Fuzzy evaluation, TOPSIS, grey relations."""
