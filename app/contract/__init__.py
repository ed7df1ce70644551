"""The JSON contract: what the API answers and what every command prints with --json. docs/json-contract.md is its prose."""

CONTRACT = "1"
