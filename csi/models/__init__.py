"""What does satisfaction come from, and what does it lead to? National models, fitted by PLS."""
