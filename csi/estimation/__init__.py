"""How is any estimate made? Means by domain, moments of items, and the errors of both."""
