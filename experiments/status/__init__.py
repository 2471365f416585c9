"""Is every table what its study would make today? Freshness and its reasons, acceptances, verification by rerunning."""
