"""How fast we are: our reads beside other frameworks', our matcher beside the solvers of others."""
