"""Providers that say who somebody is, by OAuth 2.0 and OpenID Connect."""
