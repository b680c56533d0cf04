"""What a person reads: pages made of Results; nothing is computed here."""
