"""How do many answers become one index? Indicator trees, bands, questionnaire with visits and complaints."""
