"""What is handed to other programs and to other people: the JSON contract, tables, letters."""
