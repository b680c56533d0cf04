"""How satisfied are they? One room for each kind of answer."""
