"""How fast we are: our reads beside other frameworks', our matcher beside Python and SciPy."""
