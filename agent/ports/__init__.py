"""All the agent needs from the world, as Protocols. The writer stands apart: only execution and actions know it."""
