"""Evolution: the base, the user's project and a new render → changes in which every edit lives or is reported."""
