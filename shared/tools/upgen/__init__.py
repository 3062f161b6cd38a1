"""The build's two generators: the contract (OpenAPI) and the statements (SQL) become C tables."""
