"""The evidence viewer of the judol watch: all sites, one site with its findings and views, the report. Pages without scripts."""
