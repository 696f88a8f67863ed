"""What a project's files, branches and identifiers are called, and how that is said."""
