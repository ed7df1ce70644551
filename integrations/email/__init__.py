"""Reading mail messages without believing them."""
