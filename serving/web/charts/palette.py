"""The colours that charts are drawn in; `static/console.css` gives each its tone in light and dark."""

BLUE = "#1f5fa8"
ORANGE = "#b35c12"
GREEN = "#2a7f5c"
VIOLET = "#7a4f9e"
GREY = "#7b8591"
RED = "#b3261e"
GRID = "#dfe2e6"
COLOURS = (BLUE, ORANGE, GREEN, VIOLET, GREY, RED, GRID)
