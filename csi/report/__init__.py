"""What does a person see? Pages, pictures and tables made of Results; nothing is computed here."""
