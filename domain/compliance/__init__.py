"""Contact rules as data, and the judge of a contact: may it be made, by which rule, and if not, when."""
