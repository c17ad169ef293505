"""Workbooks that do harm, are damaged or merely strange; nothing is imported here, so that measuring starts small."""
