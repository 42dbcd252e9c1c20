"""Door 2: tills and shops over HTTP. Its walls stand; its rooms come with the first till."""
