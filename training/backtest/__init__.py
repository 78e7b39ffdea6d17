"""The backtest: history once more, quarter by quarter, with limits set only by what was known then."""
