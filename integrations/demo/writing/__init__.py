"""Changes of the demo distributor, one file per part of the business; `integrations.demo.writer` puts them together."""
