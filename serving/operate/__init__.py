"""What operators see of the running service: metrics, request ids and logs, traces."""
