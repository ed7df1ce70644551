"""The demo distributor: an ERP kept in the `demo` schema. The worker reads, only the executor writes."""
