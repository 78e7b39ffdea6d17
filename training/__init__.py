"""The quarter's work: a simulated market, labels, splits, fitting, judging, the registry."""
