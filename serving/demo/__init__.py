"""What the demo puts on top of a simulated market, so that every page tells a story: covers, requests, people."""
