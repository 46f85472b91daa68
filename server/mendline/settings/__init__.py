"""The settings model, its loading, and the root of the error tree."""
