"""What the model gets to see: the window around the cursor and, later, related code."""
