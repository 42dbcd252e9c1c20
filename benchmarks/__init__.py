"""What must stay fast; each file is a program of its own."""
