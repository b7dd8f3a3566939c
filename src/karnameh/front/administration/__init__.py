"""The administration desk: units, grants, accounts, the dictionary; and the auditor's trail."""
