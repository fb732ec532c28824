"""What was made and what must survive: the database, the files, and the lease that everything claimed goes through."""
