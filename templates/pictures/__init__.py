"""Pictures that people see: facts in, bytes out."""
