"""What is handed to other programs: the JSON contract, tables."""
