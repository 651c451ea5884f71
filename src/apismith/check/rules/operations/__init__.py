"""What running it takes: health, logs, settings, outbound calls."""
