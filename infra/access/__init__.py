"""Who is let in: the rules' text, tokens and their issuers, client certificates, and what was refused."""
