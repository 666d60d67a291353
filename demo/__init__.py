"""The story that `escalera demo` tells: a portfolio of invoices, how its debtors behave, and what became of it."""
