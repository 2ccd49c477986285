"""The watch for gambling content injected into the city's sites: hidden links, cloaking, foreign redirects, swollen sitemaps."""
