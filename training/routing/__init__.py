"""Where the routers of a mixture send the tokens of each dialect, and whether its own expert gets more than chance."""
