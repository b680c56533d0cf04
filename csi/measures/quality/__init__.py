"""Where does a service fall short? SERVQUAL, journeys, Kano, four quadrants, expectation against perception."""
