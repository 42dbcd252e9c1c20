"""Every word and picture a person sees: a message name and facts in, text out."""
