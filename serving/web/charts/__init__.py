"""Charts: drawn by altair here on the server, put into pages as SVG, toned by the console's style."""
