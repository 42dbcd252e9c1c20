"""The pure rules of the club: no I/O, no clock, no dice."""
