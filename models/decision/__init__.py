"""Deciding on limits: rules, the allocation's amount, and what becomes of both; the same for service and backtest."""
